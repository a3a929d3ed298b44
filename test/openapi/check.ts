/** One thing that a sandbox did, held against GitHub's description. */
import { describedAs, eventOf, exceptionFor, REFUSALS } from "./exceptions.ts";
import type { Difference } from "./explain.ts";
import type { Observed, ObservedEvent, ObservedExchange } from "./observed.ts";
import { nameOf, type Subject } from "./subject.ts";
import { type Absence, validatorFor } from "./validators.ts";

export interface Violation extends Difference {
  /** Name of the subject: `answer GET /repos/{owner}/{repo} 200`. */
  readonly where: string;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  /** Exceptions that were needed, by name. */
  readonly used: readonly string[];
}

/** Faults whose answers a test has made up; of the others the sandbox answers as always. */
const MADE_UP = ["status", "status-after", "applied-late", "request-lost"];

export async function check(observed: Observed): Promise<Outcome> {
  const all = await (observed.kind === "event" ? ofEvent(observed) : ofExchange(observed));
  const used = new Set<string>();
  const violations = all.filter((violation) => {
    const exception = exceptionFor(violation);
    if (exception !== undefined) used.add(exception);
    return exception === undefined;
  });
  return { violations, used: [...used] };
}

type Found = Promise<readonly Violation[]>;

function ofEvent({ event, action, payload }: ObservedEvent): Found {
  return against({ part: "event", name: eventOf(event, action) }, JSON.parse(payload));
}

async function ofExchange(exchange: ObservedExchange): Found {
  if (exchange.status === 0 || MADE_UP.includes(exchange.fault ?? "")) return [];
  const { template, params } = describedAs(
    exchange.method,
    exchange.template,
    exchange.body.startsWith("[") ? "list" : "one",
  );
  const operation = { method: exchange.method, template };
  const asked = { ...exchange, params: { ...params, ...exchange.params } };
  const accepted = exchange.status < 300;
  return [...(accepted ? await ofRequest(asked, operation) : []), ...(await ofAnswer(exchange, operation))];
}

type Named = { readonly method: string; readonly template: string };

async function ofRequest({ params, query, sent }: ObservedExchange, operation: Named): Found {
  const asked = { path: { ...params }, query: { ...query } };
  return [
    ...(await against({ part: "parameters", ...operation }, asked)),
    ...(sent === "" ? [] : await against({ part: "request", ...operation }, parsed(sent))),
  ];
}

async function ofAnswer({ status, type, body }: ObservedExchange, operation: Named): Found {
  if (status === 304) return [];
  const subject: Subject = { part: "answer", ...operation, status };
  if (body !== "" && !/[/+]json\b/.test(type)) return [];
  const value = parsed(body);
  const validator = await validatorFor(subject);
  if (typeof validator === "function") return against(subject, value);
  if (validator.absent === "body" && value === undefined) return [];
  // Many refusals are described without their body, or not at all.
  const refused = validator.absent === "body" ? status >= 400 : REFUSALS.has(status);
  if (refused && validator.absent !== "operation") return against({ part: "refusal" }, value);
  return [absent(subject, validator.absent)];
}

async function against(subject: Subject, value: unknown): Found {
  const validator = await validatorFor(subject);
  if (typeof validator !== "function") return [absent(subject, validator.absent)];
  if (validator(value)) return [];
  const { explain } = await import("./explain.ts");
  const where = nameOf(subject);
  return explain(subject, value).map((difference) => ({ where, ...difference }));
}

/** What is no JSON stays text, which fits no schema of an object. */
function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function absent(subject: Subject, what: Absence): Violation {
  return { where: nameOf(subject), pointer: "", found: `this ${what}`, says: `no such ${what}` };
}
