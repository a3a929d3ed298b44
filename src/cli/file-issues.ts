/** People file the issues of a demo, over the API, each with its author, labels and dependencies. */
import type { Display } from "./display.ts";
import { person } from "./http.ts";
import type { DemoIssue } from "./issue-file.ts";
import { PEOPLE, type Stage } from "./stage.ts";

export interface Filed {
  readonly number: number;
  /** The file's name without `.md`; of no file: the title. */
  readonly name: string;
  readonly title: string;
}

/** In their order. Rejects where the sandbox refuses, with its words. */
export async function file(
  stage: Stage,
  issues: readonly DemoIssue[],
  display: Display,
): Promise<readonly Filed[]> {
  const maintainer = person(stage.sandbox.url, stage.tokens.maintainer);
  const path = `/repos/${stage.name}/issues`;
  const filed: Filed[] = [];
  const ids = new Map<string, number>();
  for (const { title, body, name = title, labels = [], author = PEOPLE.maintainer } of issues) {
    const by = person(stage.sandbox.url, tokenOf(stage, author));
    const { number, id } = await by.post<{ number: number; id: number }>(path, { title, body });
    if (labels.length > 0) await maintainer.post(`${path}/${number}/labels`, { labels });
    filed.push({ number, name, title });
    ids.set(name, id);
    display.say(`@${author} opened #${number} "${title}"`);
  }
  for (const [at, { blockedBy = [] }] of issues.entries()) {
    for (const other of blockedBy) {
      const dependencies = `${path}/${filed[at]?.number}/dependencies/blocked_by`;
      await maintainer.post(dependencies, { issue_id: ids.get(other) });
    }
  }
  return filed;
}

/** Whoever the sandbox does not know joins it. Beside the maintainer and the reviewer nobody may do more than read. */
function tokenOf({ sandbox, repository, tokens }: Stage, login: string): string {
  const name = login.toLowerCase();
  if (name === PEOPLE.maintainer) return tokens.maintainer;
  if (name === PEOPLE.reviewer) return tokens.reviewer;
  const known = [...sandbox.world.users.values()].some((one) => one.login.toLowerCase() === name);
  if (!known) sandbox.createUser({ login });
  sandbox.addCollaborator(repository, login, "read");
  return sandbox.createToken(login);
}
