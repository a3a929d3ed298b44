/** Clock, lag and limits of a sandbox that runs. */
import { parseLimits } from "../api/limit-settings.ts";
import { lagText, parseLag } from "../lag/settings.ts";
import { type Body, number, text } from "./body.ts";
import type { Controlled } from "./routes.ts";

export const clockState = ({ services: { clock } }: Controlled) => ({
  kind: clock.kind,
  now: clock.now(),
  iso: new Date(clock.now()).toISOString(),
});

export function advance(controlled: Controlled, body: Body) {
  controlled.services.clock.advance(number(body, "advance"));
  return clockState(controlled);
}

export const lagState = ({ lag }: Controlled) => ({ ...lag.settings, lag: lagText(lag.settings) });

export function setLag(controlled: Controlled, body: Body) {
  controlled.lag.set(parseLag(text(body, "lag")));
  return lagState(controlled);
}

export const endLag = ({ lag }: Controlled): void => lag.set(parseLag("off"));

export const limitsState = ({ quota }: Controlled) => ({ limits: quota.limiting });

export function setLimits(controlled: Controlled, body: Body) {
  controlled.quota.limiting = parseLimits(text(body, "limits"));
  return limitsState(controlled);
}
