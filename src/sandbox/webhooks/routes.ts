/** What an app can ask of its webhook: where it goes, and what was delivered. */
import { notForIntegrations, notFound } from "../api/errors.ts";
import { numberParam } from "../api/input.ts";
import { paginate } from "../api/paginate.ts";
import { iso } from "../api/present/time.ts";
import { type Route, type RouteContext, route } from "../api/router.ts";
import { findApp } from "../world/find.ts";
import type { App } from "../world/state.ts";
import type { Deliverer, Delivery } from "./deliver.ts";

/** GitHub can deliver again what is no older. */
const REDELIVERY_MS = 3 * 86_400_000;

function ownApp(context: RouteContext): App {
  if (context.actor.kind !== "app") throw notForIntegrations();
  return findApp(context.world, context.actor.appId);
}

function presentDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: iso(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: (delivery.duration ?? 0) / 1000,
    status: delivery.outcome ?? "pending",
    status_code: delivery.statusCode ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** Routes under `/app/hook`. */
export function hookDeliveryRoutes(deliverer: Deliverer): readonly Route[] {
  const own = (context: RouteContext): Delivery[] => {
    const app = ownApp(context);
    const since = context.now() - REDELIVERY_MS;
    const found = deliverer.deliveries.filter((one) => one.appId === app.id && one.deliveredAt >= since);
    return found.sort((a, b) => b.id - a.id);
  };
  const one = (context: RouteContext): Delivery => {
    const found = own(context).find((delivery) => delivery.id === numberParam(context, "delivery_id"));
    if (!found) throw notFound();
    return found;
  };
  return [
    route("GET", "/app/hook/config", { auth: "app" }, (context) => {
      const app = ownApp(context);
      return {
        status: 200,
        body: { content_type: "json", insecure_ssl: "0", secret: "********", url: app.webhookUrl ?? "" },
      };
    }),
    route("GET", "/app/hook/deliveries", { auth: "app" }, (context) =>
      paginate(context, own(context), presentDelivery),
    ),
    route("GET", "/app/hook/deliveries/{delivery_id}", { auth: "app" }, (context) => {
      const delivery = one(context);
      const request = { headers: delivery.headers, payload: JSON.parse(delivery.body) as unknown };
      // What the receiver answered is not kept beyond its status.
      const response = { headers: null, payload: null };
      return { status: 200, body: { ...presentDelivery(delivery), url: delivery.url, request, response } };
    }),
    route("POST", "/app/hook/deliveries/{delivery_id}/attempts", { auth: "app" }, (context) => {
      deliverer.redeliver(ownApp(context).id, one(context).id);
      return { status: 202, body: {} };
    }),
  ];
}
