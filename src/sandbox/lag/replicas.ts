/**
 * Reads from replicas: each class of reads has one of its own that follows the primary at a fixed distance in time.
 * 1. All that one class of reads shows is of one moment.
 * 2. That moment never goes back, not even when the lag grows: the replica then waits.
 * 3. Only changes younger than the largest lag are kept, and replicas share their rows.
 */
import type { SandboxClock } from "../clock.ts";
import type { Repository, Transfer, World } from "../world/state.ts";
import { apply, type Change, isRefs, refsTable, rowsOf, type State, TABLES, takeDown } from "./journal.ts";
import { type LagClass, type LagSettings, NO_LAG } from "./settings.ts";

/** Class of a request; counts are parts of answers. */
export type ReadClass = Exclude<LagClass, "count">;

export interface Read {
  readonly world: World;
  /** Changes that the primary has and this world lacks. */
  readonly behind: number;
}

export interface Lag {
  readonly settings: LagSettings;
  set(settings: LagSettings): void;
  /** To be called when something may have changed: the time of a change is the time of this call. */
  noticed(): void;
  /** The same, before time goes on. */
  flush(): void;
  read(kind: ReadClass): Read;
  /** Changes that are kept because a replica does not have them yet. */
  readonly kept: number;
}

interface Replica {
  readonly state: State;
  /** How many of the kept changes it has. */
  applied: number;
}

const CLASSES: readonly LagClass[] = ["list", "get", "count", "ref"];

/** No lag at first. */
export function createLag(world: World, clock: SandboxClock): Lag {
  let settings = NO_LAG;
  /** The primary as last taken down; absent while nothing lags. */
  let known: State | undefined;
  let changes: Change[] = [];
  let announced = false;
  const replicas = new Map<LagClass, Replica>();

  function record(): void {
    if (!known) return;
    changes.push(...takeDown(known, world, clock.now()));
    catchUp();
  }
  function catchUp(): void {
    for (const [kind, replica] of replicas) {
      const moment = clock.now() - settings[kind];
      for (;;) {
        const next = changes[replica.applied];
        if (!next || next.at > moment) break;
        if (holds(kind, next)) apply(replica.state, next);
        replica.applied += 1;
      }
    }
    const spent = Math.min(...[...replicas.values()].map((replica) => replica.applied));
    changes.splice(0, spent);
    for (const replica of replicas.values()) replica.applied -= spent;
  }
  function follow(kind: LagClass): void {
    known ??= stateOf(world, clock.now());
    if (!replicas.has(kind)) replicas.set(kind, { state: copyOf(known), applied: changes.length });
  }
  const behind = (kind: LagClass): number => {
    const missing = changes.slice(replicas.get(kind)?.applied ?? changes.length);
    return missing.filter((change) => holds(kind, change)).length;
  };
  /** What a read of this class sees, without the lag of refs. */
  function rows(kind: LagClass): World {
    const state = replicas.get(kind)?.state;
    return state ? worldOf(world, state) : world;
  }
  return {
    get settings() {
      return settings;
    },
    get kept() {
      return changes.length;
    },
    set(next) {
      record();
      for (const kind of CLASSES) {
        if (next[kind] > 0) follow(kind);
        else replicas.delete(kind);
      }
      settings = next;
      if (replicas.size > 0) return catchUp();
      known = undefined;
      changes = [];
    },
    noticed() {
      if (!known || announced) return;
      announced = true;
      // Once for all that changes at this time; a read or a clock that is set forward does not wait for it.
      setImmediate(() => {
        announced = false;
        record();
      });
    },
    flush: record,
    read(kind) {
      record();
      if (replicas.size === 0) return { world, behind: 0 };
      const own = kind === "ref" ? world : rows(kind);
      const refs = replicas.get("ref")?.state;
      const repositories = refs ? withRefs(own.repositories, refs) : own.repositories;
      return { world: { ...own, repositories, counted: rows("count") }, behind: behind(kind) };
    },
  };
}

const holds = (kind: LagClass, { table }: Change): boolean => isRefs(table) === (kind === "ref");

function stateOf(world: World, at: number): State {
  const state: State = new Map();
  takeDown(state, world, at);
  return state;
}

const copyOf = (state: State): State => new Map([...state].map(([table, rows]) => [table, new Map(rows)]));

/** The world with the tables of a replica; accounts and credentials are the live ones. */
function worldOf(world: World, state: State): World {
  const tables = Object.fromEntries(TABLES.map((table) => [table, rowsOf(state, table)]));
  const transfers = [...rowsOf(state, "transfers").values()] as Transfer[];
  return { ...world, ...tables, transfers };
}

function withRefs(repositories: ReadonlyMap<number, Repository>, state: State): Map<number, Repository> {
  const seen = [...repositories].map(([id, repository]): [number, Repository] => {
    const refs = rowsOf(state, refsTable(id)) as Repository["refs"];
    return [id, { ...repository, refs }];
  });
  return new Map(seen);
}
