/** Payloads of webhooks: published ones, with a few fields changed. */
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import type { Json } from "../../src/core/canonical.ts";
import { isFields } from "./readable.ts";
import type { Webhook } from "./recording.ts";

interface Examples {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, Json>>[];
}

const published = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Examples[];

/** Throws `RangeError` where there is no such example. */
export function payloadOf({ event, example, changed }: Webhook): Json {
  const ofEvent = published.find((one) => one.name === event)?.examples ?? [];
  const found = ofEvent.filter((one) => one.action === example.action)[example.index];
  if (!found) throw new RangeError(`no published example ${event}.${example.action} ${example.index}`);
  return Object.entries(changed).reduce<Json>(
    (payload, [path, value]) => replaced(payload, path.split("."), value),
    found,
  );
}

function replaced(value: Json, [key, ...rest]: readonly string[], by: Json): Json {
  if (key === undefined) return by;
  const fields = isFields(value) ? value : {};
  return { ...fields, [key]: replaced(fields[key] ?? null, rest, by) };
}

/** Delivers as GitHub does: signed, with the event's name and the delivery's GUID. */
export function deliver(appUrl: string, webhook: Webhook, secret: string): Promise<Response> {
  const body = JSON.stringify(payloadOf(webhook));
  return fetch(`${appUrl}/api/github/webhooks`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": webhook.event,
      "x-github-delivery": webhook.delivery,
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
  });
}
