/** The change from a trial to merging, as it is offered: the key's value alone, and only where it comes out as meant. */
import { expect, test } from "vitest";
import { parseConfig, withMergeAllowed } from "../../src/policy/config/index.ts";

test.each<[string, string, string]>([
  ["in a line", "merge: shadow # since spring\n", "merge: on-green-with-review # since spring\n"],
  [
    "behind a comment that names it",
    "# At first:\n#  merge: shadow\nmerge:   shadow\n",
    "# At first:\n#  merge: shadow\nmerge:   on-green-with-review\n",
  ],
  [
    "behind a value that names it",
    "agent:\n  command: |\n    cat <<X\n    merge: shadow\n    X\nmerge: shadow\nslots:   7\n",
    "agent:\n  command: |\n    cat <<X\n    merge: shadow\n    X\nmerge: on-green-with-review\nslots:   7\n",
  ],
  ["in quotes", "'merge': \"shadow\"\r\nslots: 2\r\n", "'merge': on-green-with-review\r\nslots: 2\r\n"],
  [
    "in braces",
    "{slots: 2, merge: shadow, attempts: 1}",
    "{slots: 2, merge: on-green-with-review, attempts: 1}",
  ],
  ["on its own line", "merge:\n  shadow\n", "merge:\n  on-green-with-review\n"],
  ["named by an anchor", "merge: &now shadow\n", "merge: &now on-green-with-review\n"],
])("%s: nothing else is another", (_where, text, changed) => {
  expect(withMergeAllowed(text)).toBe(changed);
  expect(parseConfig(changed)).toMatchObject({ config: { merge: "on-green-with-review" } });
});

test.each<[string, string]>([
  ["an alias", "check: { command: &word shadow }\nmerge: *word\n"],
  ["an anchor that others lean on", "merge: &word shadow\ncheck: { command: *word }\n"],
  ["a key that is not there", "# merge: shadow\nslots: 2\n"],
  ["a file that cannot be used", "merge: shadow\nslot: 2\n"],
  ["a file that is no mapping", "merge shadow\n"],
  ["an autonomy that lets nothing be merged", "autonomy: bounded\nmerge: shadow\n"],
])("%s: no change is offered", (_what, text) => {
  expect(withMergeAllowed(text)).toBeNull();
});
