/** A repository with an open pull request. */
import { type Call, type Fixture, start } from "../sandbox/fixture.ts";

export interface PullScene extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly maya: Call;
  readonly rui: Call;
  readonly app: Call;
  readonly number: number;
  /** Its head. */
  readonly sha: string;
  readonly base: string;
}

export async function pullScene(): Promise<PullScene> {
  const fixture = await start();
  const maya = fixture.as(fixture.tokens.maintainer);
  const rui = fixture.as(fixture.tokens.reviewer);
  const app = fixture.as(await fixture.installationToken());
  const base = (await maya("GET", "~/git/ref/heads/main")).body.object.sha;
  await app("POST", "~/git/refs", { ref: "refs/heads/work", sha: base });
  const content = Buffer.from("one\ntwo\n").toString("base64");
  const put = await app("PUT", "~/contents/src/new.js", { message: "Add", content, branch: "work" });
  const pull = await app("POST", "~/pulls", { title: "Add", head: "work", base: "main" });
  const { number } = pull.body;
  const sha = put.body.commit.sha;
  return {
    fixture,
    maya,
    rui,
    app,
    number,
    sha,
    base,
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
