/** A tree of all that a tree can hold, and scripts that change it. */
import { executable, type Files, link, submodule } from "./history.ts";

/** The same name to a reader, composed and decomposed: two files to git. */
const NFC = "caf\u00e9.txt";
const NFD = "cafe\u0301.txt";

const BINARY = Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 31 + (at >> 3)) & 255));
const LARGE = Buffer.alloc(5 * 1024 * 1024, "0123456789abcdef\n");

/** Commit of a submodule: nobody here has it. */
export const ELSEWHERE = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e";

export const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"ab".repeat(32)}\nsize 12345\n`;

const ATTRIBUTES = [
  "*.bat text eol=crlf",
  "auto/* text=auto",
  "build/ export-ignore",
  "*.lfs filter=lfs diff=lfs merge=lfs -text",
  "",
].join("\n");

export const ODD: Files = {
  ".gitattributes": ATTRIBUTES,
  ".gitignore": "ignored/\n*.log\n",
  ".github/cairn.yml": "limits: { kilobytes: 20480 }\n",
  "README.md": "# Odd\n",
  " leading and trailing ": "spaces\n",
  "-rf": "a dash\n",
  "--all": "two dashes\n",
  "a b/c d.txt": "spaces\n",
  "a b/c b/c d.txt": "looks like two names\n",
  "quo\"te's.txt": "quotes\n",
  "tab\there.txt": "tab\n",
  "new\nline.txt": "newline\n",
  "back\\slash.txt": "backslash\n",
  ":(top)magic*[1].txt": "pathspec magic\n",
  [NFC]: "composed\n",
  [NFD]: "decomposed\n",
  "日本語/ファイル.txt": "こんにちは\n",
  "bin/run": executable("#!/bin/sh\necho run\n"),
  "bin/plain": "#!/bin/sh\necho plain\n",
  "links/dangling": link("nowhere/at/all"),
  "links/folder": link("../a b"),
  "links/file": link("../README.md"),
  "crlf/plain.txt": "one\r\ntwo\r\n",
  "crlf/mixed.txt": "one\r\ntwo\nthree\r\n",
  "crlf/normal.bat": "one\ntwo\n",
  // From before there was a .gitattributes: git would make another blob of its own checkout.
  "crlf/stale.bat": "one\r\ntwo\r\n",
  "auto/stale.txt": "one\r\ntwo\r\n",
  "auto/normal.txt": "one\ntwo\n",
  empty: "",
  "no-newline.txt": "no newline at the end",
  "binary.dat": BINARY,
  "large.txt": LARGE,
  "build/artefact.txt": "not in archives\n",
  "nested/.gitignore": "out\n",
  "nested/kept.txt": "kept\n",
  "type/file-to-link": "a file\n",
  "type/file-to-folder": "a file\n",
  "type/link-to-file": link("../README.md"),
  "type/link-to-folder": link("../nested"),
  "type/folder-to-file/one.txt": "one\n",
  "type/folder-to-file/two/three.txt": "three\n",
  "type/folder-to-link/one.txt": "one\n",
  "gone/one.txt": "one\n",
  "gone/deep/two.txt": "two\n",
  "gone file": "gone\n",
  "renamed/same.txt": "moved as it is\n".repeat(20),
  "renamed/changed.txt": "moved and changed\n".repeat(20),
  "type/kept-link": link("/outside/of/the/tree"),
  ".gitmodules": '[submodule "vendor/lib"]\n\tpath = vendor/lib\n\turl = ../lib.git\n',
  "vendor/lib": submodule(ELSEWHERE),
  "media/logo.lfs": POINTER,
};

/** Every odd name is written to, and as many are new. */
export const NAMES = String.raw`
for name in ' leading and trailing ' -rf --all 'a b/c d.txt' 'a b/c b/c d.txt' "quo\"te's.txt" $'tab\there.txt' \
  $'new\nline.txt' 'back\slash.txt' ':(top)magic*[1].txt' $'caf\u00e9.txt' $'cafe\u0301.txt' 日本語/ファイル.txt; do
  echo edited >> "./$name"
  mkdir -p "new/$(dirname "./$name")"
  echo new > "new/$name"
  : > "new/$name.empty"
done
cp ./-rf $'new\u0301'
`;

/** Bytes of every kind: line endings, no newline, binary, large. */
export const BYTES = String.raw`
printf 'one\r\n2\r\n' > crlf/plain.txt
printf 'one\r\n2\nthree\r\n' > crlf/mixed.txt
printf 'one\r\n2\r\n' > crlf/normal.bat
printf 'new\r\n' > crlf/new.bat
printf 'three\r\n' >> auto/stale.txt
printf 'new\r\n' > auto/new.txt
printf 'one\n2\n' > auto/normal.txt
printf 'new\r\nfile\r\n' > crlf/new.txt
printf ', still' >> no-newline.txt
printf 'more' >> empty
printf '\000\377\376\r\n\200' >> binary.dat
printf '\000\001\002' > new.dat
printf 'the end' >> large.txt
echo more >> build/artefact.txt
`;

export const MODES = String.raw`
chmod +x bin/plain 'a b/c d.txt' 'a b/c b/c d.txt' $'new\nline.txt' binary.dat -- -rf
chmod -x bin/run
`;

/** Kinds of entries change into each other; what is ignored stays behind. */
export const KINDS = `
cd type
rm file-to-link && ln -s ../README.md file-to-link
rm file-to-folder && mkdir file-to-folder && echo in > file-to-folder/in.txt
rm link-to-file && echo file > link-to-file
rm link-to-folder && mkdir link-to-folder && echo in > link-to-folder/in.txt
rm -r folder-to-file && echo file > folder-to-file
rm -r folder-to-link && ln -s ../nested folder-to-link
cd ..
rm -r gone 'gone file'
mkdir moved
mv renamed/same.txt moved/same.txt
{ cat renamed/changed.txt; echo changed; } > 'moved/has changed.txt' && rm renamed/changed.txt
ln -sf elsewhere links/dangling
mkdir ignored nested/out
echo x > ignored/x; echo x > nested/out/x; echo x > build.log; echo x > nested/build.log
`;

const NAMED = [
  " leading and trailing ",
  "-rf",
  "--all",
  "a b/c d.txt",
  "a b/c b/c d.txt",
  "quo\"te's.txt",
  "tab\there.txt",
  "new\nline.txt",
  "back\\slash.txt",
  ":(top)magic*[1].txt",
  NFC,
  NFD,
  "日本語/ファイル.txt",
];

const executables = (...paths: readonly string[]): Files =>
  Object.fromEntries(paths.map((path) => [path, executable(`${textOf(path)}edited\n`)]));

const textOf = (path: string): string => String(ODD[path]);

/** What the scripts make of the tree together: whole files, by nobody's diff. `null`: gone. */
export const AFTER: Files = {
  ...Object.fromEntries(
    NAMED.flatMap((name) => [
      [name, `${textOf(name)}edited\n`],
      [`new/${name}`, "new\n"],
      [`new/${name}.empty`, ""],
    ]),
  ),
  "new\u0301": "a dash\nedited\n",
  ...executables("a b/c d.txt", "a b/c b/c d.txt", "new\nline.txt", "-rf"),
  "bin/plain": executable("#!/bin/sh\necho plain\n"),
  "bin/run": "#!/bin/sh\necho run\n",
  "crlf/plain.txt": "one\r\n2\r\n",
  "crlf/mixed.txt": "one\r\n2\nthree\r\n",
  "crlf/new.txt": "new\r\nfile\r\n",
  // `eol=crlf` and `text=auto`: the tree has line feeds, unless `auto` finds carriage returns there already.
  "crlf/normal.bat": "one\n2\n",
  "crlf/new.bat": "new\n",
  "auto/stale.txt": "one\r\ntwo\r\nthree\r\n",
  "auto/new.txt": "new\n",
  "auto/normal.txt": "one\n2\n",
  "no-newline.txt": "no newline at the end, still",
  empty: "more",
  "binary.dat": { mode: "100755", content: Buffer.concat([BINARY, Buffer.from("00fffe0d0a80", "hex")]) },
  "new.dat": Buffer.from([0, 1, 2]),
  "large.txt": Buffer.concat([LARGE, Buffer.from("the end")]),
  "build/artefact.txt": "not in archives\nmore\n",
  "type/file-to-link": link("../README.md"),
  "type/file-to-folder": null,
  "type/file-to-folder/in.txt": "in\n",
  "type/link-to-file": "file\n",
  "type/link-to-folder": null,
  "type/link-to-folder/in.txt": "in\n",
  "type/folder-to-file": "file\n",
  "type/folder-to-file/one.txt": null,
  "type/folder-to-file/two/three.txt": null,
  "type/folder-to-link": link("../nested"),
  "type/folder-to-link/one.txt": null,
  "gone/one.txt": null,
  "gone/deep/two.txt": null,
  "gone file": null,
  "renamed/same.txt": null,
  "renamed/changed.txt": null,
  "moved/same.txt": textOf("renamed/same.txt"),
  "moved/has changed.txt": `${textOf("renamed/changed.txt")}changed\n`,
  "links/dangling": link("elsewhere"),
};
