/** What is held against the description, by name: one name, one schema. */
import {
  answerSchema,
  componentSchema,
  eventSchema,
  operationOf,
  parametersOf,
  requestSchema,
  type Schema,
} from "./description.ts";

export type Subject =
  /** Parameters of path and query, as `{ path, query }`. */
  | { readonly part: "parameters"; readonly method: string; readonly template: string }
  | { readonly part: "request"; readonly method: string; readonly template: string }
  | {
      readonly part: "answer";
      readonly method: string;
      readonly template: string;
      readonly status: number;
    }
  /** Event and action with dashes. */
  | { readonly part: "event"; readonly name: string }
  /** The bodies that refusals have. */
  | { readonly part: "refusal" };

export function nameOf(subject: Subject): string {
  switch (subject.part) {
    case "parameters":
    case "request":
      return `${subject.part} ${subject.method} ${subject.template}`;
    case "answer":
      return `answer ${subject.method} ${subject.template} ${subject.status}`;
    case "event":
      return `event ${subject.name}`;
    case "refusal":
      return "refusal";
  }
}

/** The schema, or why there is none: `operation`, `status`, `body` or `event` that the description does not have. */
export type Described =
  | { readonly schema: Schema }
  | { readonly absent: "operation" | "status" | "body" | "event" };

const REFUSALS = ["basic-error", "validation-error", "validation-error-simple"];

export function describe(subject: Subject): Described {
  switch (subject.part) {
    case "refusal":
      return { schema: { anyOf: REFUSALS.map(componentSchema) } };
    case "event": {
      const schema = eventSchema(subject.name);
      return schema ? { schema } : { absent: "event" };
    }
    case "parameters": {
      const operation = operationOf(subject.method, subject.template);
      return operation ? { schema: parameters(operation) } : { absent: "operation" };
    }
    case "request": {
      const operation = operationOf(subject.method, subject.template);
      if (!operation) return { absent: "operation" };
      const schema = requestSchema(operation);
      return schema ? { schema } : { absent: "body" };
    }
    case "answer": {
      const operation = operationOf(subject.method, subject.template);
      if (!operation) return { absent: "operation" };
      const schema = answerSchema(operation, subject.status);
      if (schema === undefined) return { absent: "status" };
      return schema ? { schema } : { absent: "body" };
    }
  }
}

function parameters(operation: Parameters<typeof parametersOf>[0]): Schema {
  const all = parametersOf(operation);
  const of = (place: "path" | "query"): Schema => {
    const here = all.filter((one) => one.in === place);
    return {
      type: "object",
      properties: Object.fromEntries(here.map((one) => [one.name, one.schema])),
      required: here.filter((one) => one.required).map((one) => one.name),
      additionalProperties: false,
    };
  };
  return { type: "object", properties: { path: of("path"), query: of("query") } };
}
