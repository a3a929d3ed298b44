/** What a request is, by its method and address: names for crash points and stories. */

export type RequestName =
  | "read"
  | "commit"
  | "tree"
  | "blob"
  | "chain.create"
  | "chain.move"
  | "branch.create"
  | "branch.push"
  | "branch.update"
  | "pull.create"
  | "pull.close"
  | "review.request"
  | "review.post"
  | "merge"
  | "merge.enqueue"
  | "merge.dequeue"
  | "comment"
  | "comment.edit"
  | "comment.delete"
  | "label"
  | "unlabel"
  | "issue.close"
  | "dispatch"
  | "run.cancel"
  | "token"
  | "exchange"
  | "issue.create"
  | "other";

const ROUTES: readonly (readonly [string, RegExp, RequestName])[] = [
  ["POST", /\/git\/commits$/, "commit"],
  ["POST", /\/git\/trees$/, "tree"],
  ["POST", /\/git\/blobs$/, "blob"],
  ["POST", /\/git\/refs$/, "chain.create"],
  ["PATCH", /\/git\/refs\/heads\//, "branch.push"],
  ["PATCH", /\/git\/refs\//, "chain.move"],
  ["POST", /\/issues\/\d+\/comments$/, "comment"],
  ["PATCH", /\/issues\/comments\/\d+$/, "comment.edit"],
  ["DELETE", /\/issues\/comments\/\d+$/, "comment.delete"],
  ["POST", /\/issues\/\d+\/labels$/, "label"],
  ["DELETE", /\/issues\/\d+\/labels\//, "unlabel"],
  ["PATCH", /\/issues\/\d+$/, "issue.close"],
  ["POST", /\/dispatches$/, "dispatch"],
  ["POST", /\/runs\/\d+\/cancel$/, "run.cancel"],
  ["POST", /\/pulls$/, "pull.create"],
  ["PATCH", /\/pulls\/\d+$/, "pull.close"],
  ["POST", /\/requested_reviewers$/, "review.request"],
  ["POST", /\/pulls\/\d+\/reviews$/, "review.post"],
  ["PUT", /\/pulls\/\d+\/merge$/, "merge"],
  ["PUT", /\/update-branch$/, "branch.update"],
  ["POST", /\/access_tokens$/, "token"],
  ["POST", /\/cairn\/token$/, "exchange"],
  ["POST", /\/issues$/, "issue.create"],
];

const MUTATIONS: readonly (readonly [RegExp, RequestName])[] = [
  [/^\{"query":"mutation enqueue\b/, "merge.enqueue"],
  [/^\{"query":"mutation dequeue\b/, "merge.dequeue"],
];

/** `body`: as it is sent. */
export function nameOf(method: string, path: string, body: string): RequestName {
  if (path === "/graphql") return MUTATIONS.find(([shape]) => shape.test(body))?.[1] ?? "read";
  if (method === "GET") return "read";
  const name = ROUTES.find(([verb, shape]) => verb === method && shape.test(path))?.[2] ?? "other";
  return name === "chain.create" && body.includes('"refs/heads/') ? "branch.create" : name;
}
