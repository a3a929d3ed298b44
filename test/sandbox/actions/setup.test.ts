/** `actions/setup-node`, `-python`, `-go`: outputs and words of the actions' `action.yml` and README. */
import { expect, test } from "vitest";
import { steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

/** A step that puts tools of a made-up version in front of `PATH`: `name` answers by `cases`, shell's `case` arms. */
const tool = (folder: string, name: string, cases: string): string => `
- run: |
    mkdir -p "$RUNNER_TEMP/${folder}"
    printf '%s\\n' '#!/bin/sh' 'case "$*" in' ${cases
      .split("\n")
      .map((line) => `'${line}'`)
      .join(" ")} 'esac' > "$RUNNER_TEMP/${folder}/${name}"
    chmod +x "$RUNNER_TEMP/${folder}/${name}"
    echo "$RUNNER_TEMP/${folder}" >> "$GITHUB_PATH"`;

const node = (version: string): string =>
  tool(version, "node", `--version) echo ${version} ;;\n*) exit 3 ;;`);

test("a Node.js that fits is put in front, whichever came first in PATH", async () => {
  await using m = await machine({
    ...steps(`
${node("v18.19.0")}
${node("v22.3.0")}
- id: old
  uses: actions/setup-node@v4
  with: { node-version: 18.x }
- run: echo "now $(node --version), output \${{ steps.old.outputs.node-version }}"
- uses: actions/checkout@v5
- uses: actions/setup-node@v4
  with: { node-version-file: .nvmrc }
- run: echo "then $(node --version)"
- uses: actions/setup-node@v4
  with: { node-version: lts/* }
- uses: actions/setup-node@v4
  with: { node-version: lts/hydrogen }
- run: echo "last $(node --version)"
- uses: actions/setup-node@v4
  with: { node-version: "16 || 17" }
`),
    ".nvmrc": "v22\n",
  });
  const { log, jobs } = await m.run(W);
  expect(log).toContain("now v18.19.0, output v18.19.0");
  expect(log).toContain("then v22.3.0");
  expect(log).toContain("lts/* is taken as 22.3.0: whether it is the newest cannot be told here.");
  expect(log).toContain("last v18.19.0");
  expect(jobs.a).toBe("failure");
  expect(log).toMatch(
    /##\[error\]actions\/setup-node: Node.js 16 \|\| 17 was asked; in PATH there is .*18\.19\.0 \(/,
  );
  expect(log).toContain("The sandbox installs nothing");
});

test("the cache of npm is restored and saved, and asks for a lock file", async () => {
  await using m = await machine({
    ...steps(`
- uses: actions/checkout@v5
${tool("bin", "npm", 'config*cache) echo "$HOME/.npm" ;;')}
- id: s
  uses: actions/setup-node@v4
  with: { cache: npm }
- run: echo "hit <\${{ steps.s.outputs.cache-hit }}> <$(cat ~/.npm/x)>"; mkdir -p ~/.npm; echo kept > ~/.npm/x
`),
    "package-lock.json": "{}",
  });
  expect((await m.run(W)).log).toContain("hit <false> <>");
  expect((await m.run(W)).log).toContain("hit <true> <kept>");
  await using none = await machine(steps("- uses: actions/setup-node@v4\n  with: { cache: npm }"));
  expect((await none.run(W)).log).toContain("Dependencies lock file is not found in");
});

const python = (version: string): string =>
  tool(
    version,
    "python3",
    `-c*) printf "%s\\\\n" "${version} final" "$0" "/opt/${version}" ;;\n-m*) echo "pip $2 of ${version}" ;;`,
  );

test("Pythons that fit are put in front as python, the last one named first", async () => {
  await using m = await machine(
    steps(`
${python("3.8.1")}
${python("3.9.2")}
- id: p
  uses: actions/setup-python@v5
  with:
    python-version: |
      3.9
      >=3.8 <3.9
- run: echo "path $(python -c x | head -1) and $(python3.9 -c x | head -1) $(pip list) at $pythonLocation"
- run: test "\${{ steps.p.outputs.python-version }}" = 3.8.1 && test -x "\${{ steps.p.outputs.python-path }}"
- uses: actions/setup-python@v5
  continue-on-error: true
  with: { python-version: pypy3.10 }
- uses: actions/setup-python@v5
  with: { python-version: "3.2" }
  env: { PATH: "\${{ runner.temp }}/3.8.1:/bin" }
`),
  );
  const { log, jobs } = await m.run(W);
  expect(log).toContain("path 3.8.1 final and 3.9.2 final pip pip of 3.8.1 at /opt/3.8.1");
  expect(log).toContain("pypy3.10 was asked; the sandbox knows the releases of CPython alone");
  expect(log).toMatch(/Python 3\.2 was asked; in PATH there is 3\.9\.2 \(.*3\.8\.1 \(/);
  expect(jobs.a).toBe("failure");
});

test("a Go that fits is put in front, held to itself, and its cache is no reason to fail", async () => {
  await using m = await machine({
    ...steps(`
${tool("go", "go", 'version) echo "go version go1.22.1 linux/amd64" ;;\n*GOPATH) echo "$HOME/go" ;;\n*) echo "$HOME/cache" ;;')}
- uses: actions/checkout@v5
- id: g
  uses: actions/setup-go@v5
  with: { go-version-file: go.mod }
- run: echo "go \${{ steps.g.outputs.go-version }} <\${{ steps.g.outputs.cache-hit }}> $GOTOOLCHAIN"; mkdir ~/cache; touch ~/cache/x
- run: rm go.mod
- uses: actions/setup-go@v5
  with: { go-version: ^1.20 }
- uses: actions/setup-go@v5
  with: { go-version: "1.21" }
`),
    "go.mod": "module x\n\ngo 1.22\n",
  });
  const { log } = await m.run(W);
  expect(log).toContain("go 1.22.1 <false> local");
  expect(log).toContain("Restore cache failed: Dependencies file is not found");
  expect(log).toMatch(/Go 1\.21 was asked; in PATH there is 1\.22\.1/);
});

test("a registry is written into an .npmrc that takes its token from the environment", async () => {
  await using m = await machine(
    steps(`
- uses: actions/setup-node@v4
  with: { registry-url: "https://packages.example.com/npm", scope: Mine }
- run: cat "$NPM_CONFIG_USERCONFIG"
`),
  );
  const { log } = await m.run(W);
  // As the action writes it.
  expect(log).toContain("Z //packages.example.com/npm/:_authToken=${NODE_AUTH_TOKEN}\n");
  expect(log).toContain("Z @mine:registry=https://packages.example.com/npm/\n");
});

test("an input that a stand-in does not honour fails the step", async () => {
  await using m = await machine(
    steps("- uses: actions/setup-node@v4\n  with: { mirror: https://mirror.example.com }"),
  );
  const { log, jobs } = await m.run(W);
  expect(jobs.a).toBe("failure");
  expect(log).toContain("the sandbox does not honour the input mirror");
});
