/** No secret stands where anybody can read it: comments, texts, logs of jobs, commits, the operator's log. */
import type { Facts, Violation } from "./index.ts";

/** Everything of this shape is one: tokens of GitHub's, id tokens, private keys. */
const SECRET =
  /gh[spu]_[0-9a-f]{36}|simulated\.[\w-]{40,}\.[\w-]{20,}|-----BEGIN (?:RSA )?PRIVATE KEY-----|idt_[0-9a-f]{32}/;

export async function checkSecrets({
  sandbox,
  stage,
  history,
  telling,
}: Facts): Promise<readonly Violation[]> {
  const { world, engine, services } = sandbox;
  const texts: (readonly [string, string])[] = [
    ...history.comments.map(({ id, body }) => [`comment ${id}`, body ?? ""] as const),
    ...[...world.issues.values()].map(
      ({ number, title, body }) => [`text ${number}`, `${title}\n${body}`] as const,
    ),
    ...telling.lines.map(({ who, what }) => [`log of ${who}`, what] as const),
    ...(engine?.runs(stage.repository.id) ?? []).flatMap(({ jobs }) =>
      jobs.flatMap(({ id, name }) => [
        [`log of job ${name}`, engine?.jobLog(id) ?? ""] as const,
        [`summary of job ${name}`, engine?.summary(id) ?? ""] as const,
      ]),
    ),
  ];
  const store = services.stores.get(stage.repository.id);
  for (const [ref, sha] of stage.repository.refs) {
    texts.push([ref, (await store?.readCommit(sha))?.message ?? ""]);
  }
  const secret = stage.app.webhookSecret;
  return texts
    .filter(([, text]) => SECRET.test(text) || text.includes(secret))
    .map(([where]): Violation => ({ rule: "secret", what: `a secret stands in ${where}` }));
}
