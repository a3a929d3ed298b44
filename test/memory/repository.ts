/** One repository in memory, for many who ask at once; what each asks travels on a wire of its own. */
import { createCommitCache, emailOf, type Identity, refOf, type Site } from "../../src/barrier/index.ts";
import type {
  CommentInfo,
  CommitInfo,
  GitHubReads,
  GitHubWrites,
  IssueInfo,
  NewFile,
  Sha,
} from "../../src/github/ports.ts";
import { createGit, type Git } from "./git.ts";
import { createPulls, type Pulls } from "./pulls.ts";
import { createWire, done, type Fault, refused, type Turn, type Wire } from "./wire.ts";

export const app: Identity = { appId: 99, botId: 500, botLogin: "cairn[bot]" };
const issue = { repository: 7, number: 12 };

/** A site, and what is known of its requests. */
export interface ObservedSite extends Site, Wire {
  /** Commits that were made for this site, whether it learned of them or not. */
  readonly commitsMade: Set<Sha>;
}

export interface Repository {
  readonly issue: typeof issue;
  /** A site of somebody who asks; `stale`: of its reads of refs, one after the other. */
  site(who: string, turn: Turn, faults?: readonly Fault[], stale?: readonly boolean[]): ObservedSite;
  readonly git: Git;
  readonly pulls: Pulls;
  /** Title and body of the issue. */
  readonly text: { title: string; body: string };
  readonly comments: Map<number, CommentInfo>;
  readonly labels: Set<string>;
  /** Trees by their files: GitHub names both by content. */
  readonly trees: Map<string, readonly NewFile[]>;
  /** Milliseconds; sleeping moves it. */
  readonly clock: { now: number };
  /** A comment of the app, unless the fields say otherwise; its id. */
  addComment(body: string, fields?: Partial<CommentInfo>): number;
  /** A commit as the app makes it, unless the fields say otherwise. */
  addCommit(message: string, parents?: readonly Sha[], fields?: Partial<CommitInfo>): Sha;
  /** Commits of the issue's chain from the first to the head. */
  history(): readonly CommitInfo[];
}

export function createRepository(): Repository {
  const git = createGit();
  const pulls = createPulls(git, issue.repository);
  const comments = new Map<number, CommentInfo>();
  const labels = new Set<string>();
  const text = { title: "T", body: "B" };
  const clock = { now: 0 };
  let checks = 300;
  const trees = new Map<string, readonly NewFile[]>();
  const byApp = { verified: true, authorEmail: emailOf(app) };

  function addComment(body: string, fields: Partial<CommentInfo> = {}): number {
    const id = 1 + comments.size;
    const author = { id: app.botId, login: app.botLogin, type: "Bot" } as const;
    comments.set(id, {
      id,
      nodeId: `IC_${id}`,
      body,
      author,
      appId: app.appId,
      createdAt: 0,
      updatedAt: 0,
      ...fields,
    });
    return id;
  }

  function site(
    who: string,
    turn: Turn,
    faults: readonly Fault[] = [],
    stale: readonly boolean[] = [],
  ): ObservedSite {
    const nextStale = stale.values();
    const commitsMade = new Set<Sha>();
    const wire = createWire(who, turn, faults, clock);
    const { ask, send } = wire;
    const always = async <T>(what: string, answer: () => T) => {
      const read = await ask(what, answer);
      if (!read) throw new Error(`no answer to ${what}`);
      return read;
    };

    const reads: Partial<GitHubReads> = {
      ref: (ref) =>
        ask(`GET ${ref}`, () => (nextStale.next().value ? git.earlier : git.refs).get(`refs/${ref}`)),
      commit: (sha) => ask(`GET commit ${sha.slice(0, 6)}`, () => git.commits.get(sha)),
      comment: (id) => ask(`GET comment ${id}`, () => comments.get(id)),
      comments: (number) =>
        always(`GET comments of ${number}`, () => ({ kind: "complete", items: [...comments.values()] })),
      isAncestor: async (ancestor, of) => {
        const at = (name: string): string => git.refs.get(`refs/heads/${name}`) ?? name;
        return (await always("compare", () => git.descends(at(ancestor), at(of)))).value;
      },
      issue: (number) =>
        ask(`GET issue ${number}`, () => (number === issue.number ? (text as IssueInfo) : undefined)),
      pull: (number) => ask(`GET pull ${number}`, () => pulls.all.get(number)),
      pullsOfHead: (head) =>
        always(`GET pulls of ${head}`, () => [...pulls.all.values()].filter((pull) => pull.headRef === head)),
      issueEvents: (number) => always(`GET events ${number}`, () => pulls.events.get(number) ?? []),
      queuePlace: (number) => ask(`GET queue of ${number}`, () => pulls.places.get(number)),
      reviews: (number) => always(`GET reviews ${number}`, () => pulls.reviews.get(number) ?? []),
    };
    const writes: Partial<GitHubWrites> = {
      createCommit: ({ message, parents, tree }) =>
        send("POST commit", () => {
          const commit = git.commit(message, parents, { ...byApp, tree, authorDate: clock.now });
          commitsMade.add(commit.sha);
          return done(commit);
        }),
      createBlob: (content) => send("POST blob", () => done({ sha: `blob ${content.toString("hex")}` })),
      createTree: ({ baseTree, files }) =>
        send("POST tree", () => {
          const sha = `${baseTree} with ${files.map(({ path }) => path)}`;
          trees.set(sha, files);
          return done({ sha });
        }),
      createRef: (ref, sha) => send(`POST ${ref}`, () => git.create(ref, sha)),
      updateRef: (ref, sha) => send(`PATCH ${ref}`, () => git.update(ref, sha)),
      createComment: (number, body) =>
        send(`POST comment on ${number}`, () => done({ id: addComment(body) })),
      createShownComment: (number, body) =>
        send(`POST status on ${number}`, () => done({ id: addComment(body) })),
      editComment: (id, body) =>
        send(`PATCH comment ${id}`, () => {
          const comment = comments.get(id);
          if (!comment) return refused("Not Found", 404);
          comments.set(id, { ...comment, body });
          return done(null);
        }),
      deleteComment: (id) =>
        send(`DELETE comment ${id}`, () => {
          comments.delete(id);
          return done(null);
        }),
      addLabels: (_number, names) =>
        send(`POST labels ${names}`, () => {
          for (const name of names) labels.add(name);
          return done(null);
        }),
      removeLabel: (_number, name) =>
        send(`DELETE label ${name}`, () => {
          labels.delete(name);
          return done(null);
        }),
      addReaction: (comment, content) => send(`POST ${content} on comment ${comment}`, () => done(null)),
      createCheck: (input) =>
        send(`POST check ${JSON.stringify(input)}`, () => {
          checks += 1;
          return done({ id: checks });
        }),
      updateCheck: (id, content) => send(`PATCH check ${id} ${JSON.stringify(content)}`, () => done({ id })),
      closeIssue: (number, reason) => send(`close issue ${number} as ${reason}`, () => done(null)),
      dispatchWorkflow: (input) => send(`dispatch ${JSON.stringify(input)}`, () => done(null)),
      cancelRun: (id) => send(`cancel run ${id}`, () => done(null)),
      createPull: (input) => send(`POST pull of ${input.head} into ${input.base}`, () => pulls.open(input)),
      editPull: (number, body) =>
        send(`PATCH pull ${number}`, () => {
          const pull = pulls.all.get(number);
          if (!pull) return refused("Not Found", 404);
          pull.body = body;
          return done(null);
        }),
      closePull: (number) => send(`close pull ${number}`, () => pulls.close(number)),
      requestReviewers: (number, logins) =>
        send(`ask ${logins} for ${number}`, () => pulls.request(number, logins, app.appId)),
      enqueuePull: (nodeId, head) => send(`enqueue ${nodeId}`, () => pulls.enqueue(nodeId, head, app.botId)),
      dequeuePull: (nodeId) => send(`dequeue ${nodeId}`, () => pulls.dequeue(nodeId)),
      mergePull: ({ number, sha, method, title, message }) =>
        send(`PUT merge ${number} (${method})`, () => pulls.merge(number, sha, `${title}\n\n${message}`)),
      updatePullBranch: (number, expected) =>
        send(`PUT update-branch ${number}`, () => pulls.update(number, expected)),
    };
    return {
      ...wire,
      issue,
      app,
      // What is not here is not asked for: a test that needs it fails loudly.
      reads: reads as GitHubReads,
      writes: writes as GitHubWrites,
      clock: {
        now: () => clock.now,
        async sleep(ms) {
          await turn(`${who}: sleeps`);
          clock.now += ms;
        },
      },
      commits: createCommitCache(),
      namespace: "cairn",
      commitsMade,
    };
  }

  return {
    issue,
    site,
    git,
    pulls,
    text,
    comments,
    labels,
    trees,
    clock,
    addComment,
    addCommit: (message, parents = [], fields = {}) =>
      git.commit(message, parents, { ...byApp, ...fields }).sha,
    history() {
      const found: CommitInfo[] = [];
      let sha = git.refs.get(refOf(site("nobody", async () => {})));
      while (sha !== undefined) {
        const commit = git.commits.get(sha);
        if (!commit) break;
        found.unshift(commit);
        sha = commit.parents[0];
      }
      return found;
    },
  };
}
