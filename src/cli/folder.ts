/** Which folder people mean by a path in their words. */
import { resolve } from "node:path";

/** `npm --prefix` starts programs in its own folder, and says where it was called. */
export const inCalledFolder = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);
