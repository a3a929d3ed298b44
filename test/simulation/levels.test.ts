/** What the checker wants nobody but people to have done, at each level of autonomy. */
import { expect, test } from "vitest";
import type { Autonomy } from "../../src/core/words.ts";
import type { Facts } from "../../src/simulation/checker/index.ts";
import { checkLevels } from "../../src/simulation/checker/levels.ts";

const REPOSITORY = 7;
const MAYA = 3;

/** What landed of issue 1, each a second after the one before; `said`: comments before anything, by maya. */
function broken(autonomy: Autonomy, landed: readonly string[], said: readonly string[] = [], draft = true) {
  const place = { repositoryId: REPOSITORY, number: 1 };
  const comments = said.map((body, id) => ({ at: 0, id, place, authorId: MAYA, viaAppId: null, body }));
  const entries = landed.map((key, index) => ({
    ...{ at: 1_000 * (index + 1), kind: key.split(":")[0], key },
    ...{ repositoryId: REPOSITORY, actor: { kind: "job" } },
  }));
  const pull = { number: 4, repositoryId: REPOSITORY, headRef: "cairn/1-g1", draft };
  const facts = {
    shape: { autonomy },
    stage: { repository: { id: REPOSITORY } },
    history: { landed: () => entries, comments },
    sandbox: { world: { users: new Map([[MAYA, { login: "maya" }]]), pulls: new Map([[1, pull]]) } },
  };
  return checkLevels(facts as unknown as Facts).map(({ rule, issue }) => `${rule} ${issue}`);
}

const AGENT = "agent.run:1#g1a1";
const PULL = "pull.create:cairn/1-g1";
const ASKED = "review.request:pull/4@abc";
const QUEUED = "merge.enqueue:pull/4@abc";
const MERGED = "merge:pull/4@abc";

test.each<[Autonomy, readonly string[], number]>([
  ["full", [AGENT, PULL, ASKED, MERGED], 0],
  ["bounded", [AGENT, PULL, ASKED], 0],
  ["bounded", [AGENT, PULL, ASKED, MERGED], 1],
  ["bounded", [AGENT, PULL, ASKED, QUEUED], 1],
  ["propose", [AGENT, PULL], 0],
  ["propose", [AGENT, PULL, ASKED, MERGED], 2],
  ["suggest", [], 0],
  ["suggest", [AGENT], 1],
])("%s: of %j, %i too many", (level, landed, many) => {
  expect(broken(level, landed)).toEqual(Array.from({ length: many }, () => "level-exceeded 1"));
});

test("each yes is for one generation; a draft it is, where nobody is asked", () => {
  const yes = "/cairn approve";
  expect(broken("suggest", [AGENT, "agent.run:1#g1a2", PULL], [yes])).toEqual([]);
  expect(broken("suggest", [AGENT, "agent.run:1#g2a1"], [yes])).toHaveLength(1);
  expect(broken("suggest", [AGENT, "agent.run:1#g2a1"], [yes, yes])).toEqual([]);
  expect(broken("suggest", [AGENT], [`> ${yes}`])).toHaveLength(1);
  expect(broken("propose", [AGENT, PULL], [], false)).toHaveLength(1);
  expect(broken("bounded", [AGENT, PULL], [], false)).toEqual([]);
});
