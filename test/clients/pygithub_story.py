"""Stories of PyGithub against a sandbox, one a run: `pygithub_story.py NAME`; prints as JSON what came of it.

The sandbox stands in SANDBOX_URL, tokens in MAINTAINER_TOKEN and REVIEWER_TOKEN, the app in APP_ID and PRIVATE_KEY.
"""

import json
import os
import sys
import time

from github import Github, GithubException, GithubIntegration, InputGitTreeElement

URL = os.environ["SANDBOX_URL"]


def as_token(name):
    return Github(base_url=URL, login_or_token=os.environ[name], retry=None)


def refused(call, *args, **kwargs):
    """Status and message of a request that must not succeed."""
    try:
        call(*args, **kwargs)
    except GithubException as error:
        return [error.status, error.data["message"]]
    raise AssertionError(f"{call} was not refused")


def eventually(look, seconds=10):
    """The first true value of `look`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def issues():
    github = as_token("MAINTAINER_TOKEN")
    repo = github.get_repo("acme/tools")
    ready = repo.create_label("agent: ready", "0e8a16", "to do")
    issue = repo.create_issue("Broken", body="b", labels=[ready], assignee="rui")
    issue.add_to_labels("bug")
    issue.remove_from_labels("agent: ready")
    first = issue.create_comment("first")
    for at in range(39):
        issue.create_comment(f"number {at}")
    first.edit("edited")
    first.create_reaction("heart")
    unchanged = issue.update(), issue.update()  # the second asks with the etag of the first
    issue.edit(state="closed")
    return {
        "user": github.get_user().login,
        "repo": [repo.full_name, repo.private, repo.default_branch, repo.permissions.admin],
        "labels": [label.name for label in issue.get_labels()],
        "comments": [comment.body for comment in issue.get_comments()][:2],
        "count": issue.get_comments().totalCount,
        "reactions": [reaction.content for reaction in first.get_reactions()],
        "open": [one.number for one in repo.get_issues(state="open")],
        "closed": [one.title for one in repo.get_issues(state="closed", sort="created")],
        "labelled": [event.event for event in issue.get_events() if "labeled" in event.event],
        "by": [issue.user.login, issue.assignee.login, issue.state],
        "updated": list(unchanged),
        "absent": refused(repo.get_issue, 999),
    }


def git():
    repo = as_token("MAINTAINER_TOKEN").get_repo("acme/tools")
    main = repo.get_git_ref("heads/main")
    parent = repo.get_git_commit(main.object.sha)
    blob = repo.create_git_blob("aGVsbG8K", "base64")
    elements = [
        InputGitTreeElement("a/hello.txt", "100644", "blob", sha=blob.sha),
        InputGitTreeElement("run", "100755", "blob", content="#!/bin/sh\n"),
    ]
    tree = repo.create_git_tree(elements, base_tree=parent.tree)
    commit = repo.create_git_commit("Shape", tree, [parent])
    chain = repo.create_git_ref("refs/cairn/5", parent.sha)
    twice = refused(repo.create_git_ref, "refs/cairn/5", parent.sha)
    chain.edit(commit.sha)
    back = refused(chain.edit, parent.sha, force=False)
    tag = repo.create_git_tag("v1", "one", commit.sha, "commit")
    repo.create_git_ref("refs/tags/v1", tag.sha)
    result = {
        "twice": twice,
        "back": back,
        "chains": [[ref.ref, ref.object.sha == commit.sha] for ref in repo.get_git_matching_refs("cairn/")],
        "tree": [[entry.mode, entry.path] for entry in repo.get_git_tree(commit.sha, recursive=True).tree],
        "tag": [repo.get_git_tag(tag.sha).message, repo.get_git_ref("tags/v1").object.type],
        "compared": [file.filename for file in repo.compare("main", commit.sha).files],
        "absent": refused(repo.get_git_ref, "heads/none"),
    }
    chain.delete()
    result["deleted"] = [ref.ref for ref in repo.get_git_matching_refs("cairn/")]
    return result


def contents():
    repo = as_token("MAINTAINER_TOKEN").get_repo("acme/tools")
    repo.create_file("notes/ü.md", "Add", "one\n", branch="main")
    file = repo.get_contents("notes/ü.md")
    stale = refused(repo.update_file, file.path, "Blind", "two\n", "0" * 40)
    repo.update_file(file.path, "Change", "two\n", file.sha)
    file = repo.get_contents(file.path)
    text = file.decoded_content.decode()
    listed = [entry.name for entry in repo.get_contents("notes")]
    repo.delete_file(file.path, "Remove", file.sha)
    return {
        "stale": stale[0],
        "text": text,
        "listed": listed,
        "gone": refused(repo.get_contents, "notes/ü.md")[0],
        "history": [commit.commit.message for commit in repo.get_commits(path="notes/ü.md")],
    }


def pulls():
    repo = as_token("MAINTAINER_TOKEN").get_repo("acme/tools")
    base = repo.get_branch("main").commit.sha
    repo.create_git_ref("refs/heads/topic", base)
    repo.create_file("topic.txt", "Topic", "t\n", branch="topic")
    pull = repo.create_pull(title="Topic", body="b", base="main", head="topic")
    commit = repo.get_commit(pull.head.sha)
    commit.create_status("success", target_url=f"{URL}/ci", description="ok", context="ci/unit")
    check = app_repo().create_check_run("lint", pull.head.sha, status="in_progress")
    check.edit(conclusion="success", output={"title": "t", "summary": "s"})
    pull.create_review_request(reviewers=["rui"])
    seen = as_token("REVIEWER_TOKEN").get_repo("acme/tools").get_pull(pull.number)
    seen.create_review_comment("why?", commit, "topic.txt", 1)
    seen.create_review(commit=commit, body="fine", event="APPROVE")
    own = refused(pull.create_review, event="APPROVE")
    pull = eventually(lambda: (lambda one: one if one.mergeable is not None else None)(repo.get_pull(pull.number)))
    wrong = refused(pull.merge, sha=base)
    merged = pull.merge(merge_method="squash", sha=pull.head.sha, commit_title="Topic")
    return {
        "files": [[file.filename, file.status, file.additions] for file in pull.get_files()],
        "status": [commit.get_combined_status().state, [one.context for one in commit.get_statuses()]],
        "checks": [[run.name, run.status, run.conclusion] for run in commit.get_check_runs()],
        "suites": [suite.conclusion for suite in commit.get_check_suites()],
        "reviews": [[review.user.login, review.state] for review in pull.get_reviews()],
        "remarks": [[remark.path, remark.body] for remark in pull.get_review_comments()],
        "mergeable": [pull.mergeable, pull.mergeable_state],
        "own": own[0],
        "wrong": wrong,
        "merged": [merged.merged, pull.is_merged(), repo.get_pull(pull.number).merged_by.login],
        "landed": repo.get_commits()[0].commit.message.split("\n")[0],
    }


def actions():
    repo = as_token("MAINTAINER_TOKEN").get_repo("acme/flows")
    workflow = repo.get_workflow("greet.yml")
    unknown = workflow.create_dispatch("nowhere", {"who": "you"})
    started = workflow.create_dispatch("main", {"who": "you"})
    run = eventually(lambda: next(iter(workflow.get_runs(event="workflow_dispatch")), None))
    eventually(lambda: repo.get_workflow_run(run.id).conclusion)
    run = repo.get_workflow_run(run.id)
    return {
        "workflows": [[one.name, one.path, one.state] for one in repo.get_workflows()],
        "dispatched": [unknown, started],
        "run": [run.event, run.status, run.conclusion, run.head_branch],
        "runs": repo.get_workflow_runs(branch="main").totalCount,
        "cancelled": run.cancel(),
        "again": run.rerun(),
    }


def integration():
    return GithubIntegration(int(os.environ["APP_ID"]), os.environ["PRIVATE_KEY"], base_url=URL)


def app_repo():
    installation = integration().get_installation("acme", "tools")
    token = integration().get_access_token(installation.id).token
    return Github(base_url=URL, login_or_token=token, retry=None).get_repo("acme/tools")


def app():
    installation = integration().get_installation("acme", "tools")
    authorization = integration().get_access_token(installation.id)
    github = Github(base_url=URL, login_or_token=authorization.token, retry=None)
    issue = github.get_repo("acme/tools").create_issue("From the app")
    jwt = Github(base_url=URL, jwt=integration().create_jwt())
    before = github.get_rate_limit().core
    github.get_repo("acme/tools")
    core = github.get_rate_limit().core
    return {
        "installation": [installation.app_id, installation.target_type],
        "author": [issue.user.login, issue.user.type],
        "app": jwt.get_app().name,
        "limit": [core.limit, before.remaining - core.remaining, github.rate_limiting == (core.remaining, core.limit)],
        "person": refused(github.get_user().update)[0],
    }


print(json.dumps(globals()[sys.argv[1]](), ensure_ascii=False))
