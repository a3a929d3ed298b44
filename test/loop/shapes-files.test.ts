/** Names, modes, links, line endings, bytes: whatever a tree can hold, the merged one is base plus patch, bit for bit. */
import { expect, test } from "vitest";
import { type Files, makeHistory, submodule } from "./shapes/history.ts";
import { listingIn, listingOf } from "./shapes/listing.ts";
import { AFTER, BYTES, ELSEWHERE, KINDS, MODES, NAMES, ODD, POINTER } from "./shapes/odd.ts";
import { LONGEST, startShape } from "./shapes/shape.ts";

test(
  "three agents change bytes under odd names, modes, and kinds of one tree side by side, and every blob is as it should be",
  LONGEST,
  async () => {
    await using shape = await startShape((directory) =>
      makeHistory(directory, "main", [{ branch: "main", files: ODD }]),
    );
    const { sandbox } = shape.loop.stage;
    const issues: number[] = [];
    for (const script of [NAMES + BYTES, MODES, KINDS]) issues.push(await shape.ask(script));
    for (const issue of issues) await shape.expectExact(issue);
    const end = shape.loop.stage.repository.refs.get("refs/heads/main") ?? "";
    const {
      ".github/cairn.yml": _config,
      ".github/workflows/cairn.yml": _caller,
      ...found
    } = listingOf(shape.bare, end);
    const { ".github/cairn.yml": _before, ...files } = { ...ODD, ...AFTER };
    expect(found).toEqual(listingIn(files));
    expect(sandbox.errors).toEqual([]);
  },
);

/** Parts that are stored elsewhere: another repository, a server of large files; and what is stored nowhere. */
const ELSEWHERES: Files = {
  ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n",
  ".gitignore": "*.log\n",
  ".gitmodules": '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../lib.git\n',
  "README.md": "# Elsewhere\n",
  "app/.gitignore": "dist/\n!dist/keep.log\n",
  "app/index.js": "export {};\n",
  "app/dist/tracked.js": "tracked before it was ignored\n",
  "art/logo.png": POINTER,
  "vendor/lib": submodule(ELSEWHERE),
};

const IGNORED = `
mkdir -p app/dist app/deep/dist
for file in a.log app/b.log app/dist/new.js app/deep/dist/c.js app/dist/keep.log; do echo made > "$file"; done
echo more >> app/dist/tracked.js
mv art/logo.png art/sign.png
`;

test(
  "submodules and pointers stay as they are, ignored files stay behind, and what cannot be carried is a hold by name",
  LONGEST,
  async () => {
    await using shape = await startShape((directory) =>
      makeHistory(directory, "main", [{ branch: "main", files: ELSEWHERES }]),
    );
    const carried = await shape.ask(IGNORED);
    const holds = [
      ["rm -r vendor", "vendor/lib is a submodule"],
      [
        "echo patched > vendor/lib/index.js; echo more >> README.md",
        "vendor/lib/index.js lies in a submodule",
      ],
      ["echo pixels > art/logo.png", "art/logo.png belongs to Git LFS"],
    ] as const;
    const held: number[] = [];
    for (const [script] of holds) held.push(await shape.ask(script));
    await shape.expectExact(carried);
    const found = listingOf(shape.bare, await shape.merged(carried));
    expect(found).toMatchObject({
      "vendor/lib": `160000 ${ELSEWHERE}`,
      ...listingIn({
        "art/sign.png": POINTER,
        "app/dist/tracked.js": "tracked before it was ignored\nmore\n",
      }),
    });
    expect(Object.keys(found)).not.toContain("app/dist/new.js");
    for (const [at, [, words]] of holds.entries()) {
      const end = await shape.held(held[at] ?? 0);
      expect(end.reason).toBe("patch-unsafe");
      expect(end.text).toContain(words);
    }
    expect(shape.loop.stage.sandbox.errors).toEqual([]);
  },
);
