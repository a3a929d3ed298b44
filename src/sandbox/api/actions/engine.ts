import type { ActionsEngine } from "../../actions/port.ts";
import { notImplemented } from "../errors.ts";
import type { RouteContext } from "../router.ts";

/** The engine behind the routes of Actions: 501 where the sandbox was started without one. */
export function engineOf({ services }: RouteContext): ActionsEngine {
  const { engine } = services;
  if (!engine) throw notImplemented("it was started without an engine");
  return engine;
}
