/**
 * Who the app is, for a reader that cannot ask as the app. Named: what GitHub shows of that app on this issue. Not
 * named: the app whose commits the chain has, or that wrote the markers; good enough to look, and said to be so.
 */
import type { Identity } from "../../barrier/index.ts";
import { decodeMarker } from "../../core/marker.ts";
import type { CommentInfo, CommitInfo } from "../../github/index.ts";

export interface Known {
  readonly identity: Identity;
  /** `named`: by who asks. `seen`: by what is there. `unknown`: nothing of any app is there. */
  readonly how: "named" | "seen" | "unknown";
  /** Other apps whose comments look like markers here. */
  readonly others: readonly string[];
}

export interface Traces {
  readonly head: CommitInfo | undefined;
  readonly comments: readonly CommentInfo[];
}

/** Numbers that GitHub gives to nobody. */
const NOBODY: Identity = { appId: 0, botId: 0, botLogin: "" };

/** `slug`: name of the app in its address on GitHub, if it is given. */
export function knowApp({ head, comments }: Traces, slug: string | undefined): Known {
  const writers = comments.flatMap((comment): Identity[] => {
    if (comment.appId === null || decodeMarker(comment.body).kind === "none") return [];
    return [{ appId: comment.appId, botId: comment.author.id, botLogin: comment.author.login }];
  });
  const maker = head?.verified ? botIn(head.authorEmail) : undefined;
  const wanted = slug === undefined ? (maker?.botLogin ?? writers[0]?.botLogin) : `${slug}[bot]`;
  const writer = writers.find(({ botLogin }) => botLogin === wanted);
  const found = writer ?? (maker?.botLogin === wanted ? maker : undefined);
  const logins = writers.map(({ botLogin }) => botLogin).concat(maker?.botLogin ?? []);
  return {
    identity: found ?? (slug === undefined ? NOBODY : { ...NOBODY, botLogin: `${slug}[bot]` }),
    how: slug !== undefined ? "named" : found ? "seen" : "unknown",
    others: [...new Set(logins)].filter((login) => login !== wanted),
  };
}

/** The bot whose address GitHub put into a commit that it made for an app. No person's login can end like this. */
function botIn(email: string): Identity | undefined {
  const [, id, botLogin] = /^(\d+)\+([^@]+\[bot\])@users\.noreply\.github\.com$/.exec(email) ?? [];
  if (id === undefined || botLogin === undefined) return undefined;
  return { ...NOBODY, botId: Number(id), botLogin };
}
