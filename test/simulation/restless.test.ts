/** The checker's rule on requests that never end. */
import { expect, test } from "vitest";
import { checkRestless } from "../../src/simulation/checker/index.ts";

test("as many requests as a look each few seconds comes to are a violation, for each issue and each replica", () => {
  expect(checkRestless(400, { issues: 1, replicas: 1 })).toEqual([]);
  expect(checkRestless(2_400, { issues: 3, replicas: 2 })).toEqual([]);
  expect(checkRestless(401, { issues: 1, replicas: 1 })).toMatchObject([
    { rule: "restless", what: expect.stringContaining("401 requests in 10 minutes") },
  ]);
  expect(checkRestless(2_401, { issues: 3, replicas: 2 })).toHaveLength(1);
});
