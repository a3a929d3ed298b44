/**
 * What nobody has measured on live GitHub, and clients lean on. All of it holds here as it is documented or reported;
 * each can be made wrong, to see what a client does then.
 */
export const FACTS = {
  "refs-outside-heads": "`POST git/refs` takes names outside heads and tags",
  "updates-outside-heads": "`PATCH git/refs` moves refs outside heads and tags",
  "refs-shown": "`git/ref` and `git/matching-refs` show refs outside heads and tags",
  "refs-once": "`POST git/refs` refuses a name that exists; otherwise it moves it",
  "fast-forward-only":
    "`PATCH git/refs` without force refuses what does not descend; otherwise it moves the ref",
  "empty-tree": "`POST git/commits` takes the empty tree, which nobody has written",
  "long-messages": "commit messages are kept whole; otherwise they end after 16 KiB",
  "app-commits-signed": "commits that an app makes without author and committer are signed",
  "app-commits-address": "they carry the address of the app's bot, with its id; otherwise without it",
  "commit-dates": "they carry the server's time; otherwise that of an hour ago",
  "inline-text": "text inline in `POST git/trees` is kept byte for byte; otherwise it loses its NUL bytes",
  "comments-kept": "a comment's body is kept as it was sent; otherwise it loses what is hidden in it",
  "app-named": "`performed_via_github_app` names the app that wrote a comment; otherwise it is null",
} as const;

export type Fact = keyof typeof FACTS;

export type Facts = Record<Fact, boolean>;

const NAMES = Object.keys(FACTS) as readonly Fact[];

/** All of them hold. */
export const createFacts = (): Facts => Object.fromEntries(NAMES.map((name) => [name, true])) as Facts;

/** Throws `RangeError` for a fact that there is none of. */
export function setFacts(facts: Facts, change: Readonly<Record<string, unknown>>): Facts {
  for (const [name, holds] of Object.entries(change)) {
    const fact = NAMES.find((one) => one === name);
    if (!fact) throw new RangeError(`no fact ${name}: there are ${NAMES.join(", ")}`);
    if (typeof holds !== "boolean") throw new RangeError(`${name} must be true or false`);
    facts[fact] = holds;
  }
  return facts;
}
