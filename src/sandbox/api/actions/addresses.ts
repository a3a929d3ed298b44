/** Addresses that need no token and are good for a minute: GitHub sends whoever downloads something on to one. */
import { randomBytes } from "node:crypto";
import type { Services } from "../../services.ts";
import { notFound } from "../errors.ts";
import { type RouteContext, type RouteResult, route } from "../router.ts";

const GOOD_FOR_MS = 60_000;

type Download = () => RouteResult | Promise<RouteResult>;

interface Address {
  readonly download: Download;
  /** Milliseconds on the sandbox's clock. */
  readonly until: number;
}

const addresses = new WeakMap<Services, Map<string, Address>>();

function addressesOf(services: Services): Map<string, Address> {
  const known = addresses.get(services) ?? new Map<string, Address>();
  addresses.set(services, known);
  return known;
}

/** 302 to an address of its own for this download. */
export function sendOn(context: RouteContext, download: Download): RouteResult {
  const key = randomBytes(24).toString("hex");
  const known = addressesOf(context.services);
  for (const [old, { until }] of known) if (until < context.now()) known.delete(old);
  known.set(key, { download, until: context.now() + GOOD_FOR_MS });
  return { status: 302, headers: { location: `${context.urls.api}/_downloads/${key}` } };
}

export const downloadRoute = route("GET", "/_downloads/{key}", { auth: "any" }, (context) => {
  const found = addressesOf(context.services).get(context.params.key ?? "");
  if (!found || found.until < context.now()) throw notFound();
  return found.download();
});
