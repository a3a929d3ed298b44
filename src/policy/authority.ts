/** Who may ask Cairn for work, and whose approval counts: asked of the permission API, never of an association. */
import type { Permission } from "../github/ports.ts";

/** Write access, as GitHub's roles have it. */
export function mayWrite(permission: Permission): boolean {
  switch (permission) {
    case "write":
    case "maintain":
    case "admin":
      return true;
    case "none":
    case "read":
    case "triage":
      return false;
  }
}
