/** GitHub Actions on one machine: the engine behind the port. */
export { createActionsEngine, type EngineOptions } from "./engine.ts";
export type * from "./port.ts";
