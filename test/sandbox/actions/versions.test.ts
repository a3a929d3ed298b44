/** Version ranges (npm's documentation of `package.json` ranges; Python's specifiers) and the files that name versions. */
import { expect, test } from "vitest";
import {
  goVersionIn,
  nodeVersionIn,
  pythonVersionsIn,
} from "../../../src/sandbox/actions/built-in/version-files.ts";
import { satisfies } from "../../../src/sandbox/actions/built-in/versions.ts";

test.each([
  ["20", "20.19.2", "21.0.0"],
  ["v20.1", "20.1.9", "20.2.0"],
  ["20.x", "20.0.0", "19.9.9"],
  ["20.1.X", "20.1.3", "20.2.0"],
  ["*", "1.0.0", undefined],
  [">=18", "24.1.0", "17.9.9"],
  [">= 18 <21", "20.9.0", "21.0.0"],
  [">18", "19.0.0", "18.9.0"],
  ["<=18", "18.9.0", "19.0.0"],
  ["18.1.0 - 20", "20.9.9", "18.0.9"],
  ["^18.2.1", "18.3.0", "19.0.0"],
  ["^0.2.3", "0.2.9", "0.3.0"],
  ["~18.2.1", "18.2.9", "18.3.0"],
  ["~18", "18.9.0", "19.0.0"],
  ["16 || 18", "18.4.0", "17.0.0"],
  [">=3.9,<3.12", "3.11.7", "3.12.0"],
  ["==3.11.*", "3.11.7", "3.12.0"],
  ["~=3.9", "3.11.0", "4.0.0"],
  ["~=3.9.1", "3.9.4", "3.10.0"],
])("%s takes %s and not %s", (range, inside, outside) => {
  expect(satisfies(inside, range)).toBe(true);
  if (outside) expect(satisfies(outside, range)).toBe(false);
});

test("a pre-release is in no range, and what is no range is refused", () => {
  expect(satisfies("3.14.0rc1", ">=3.9")).toBe(false);
  expect(() => satisfies("20.0.0", "20.0.0-rc.1")).toThrow("'20.0.0-rc.1' is no version range");
  expect(() => satisfies("20.0.0", "nightly")).toThrow("no version range");
});

test("versions are read out of the files that tools have for them", () => {
  expect(nodeVersionIn(".nvmrc", "v20.1.0\n")).toBe("20.1.0");
  expect(nodeVersionIn(".nvmrc", "lts/iron\n")).toBe("lts/iron");
  expect(nodeVersionIn(".tool-versions", "python 3.11\nnodejs 20.2.0\n")).toBe("20.2.0");
  expect(nodeVersionIn("mise.toml", '[tools]\nnode = "22"\n')).toBe("22");
  expect(nodeVersionIn("package.json", '{"engines":{"node":">=18"}}')).toBe(">=18");
  expect(nodeVersionIn("package.json", '{"volta":{"node":"18.1.0"},"engines":{"node":"1"}}')).toBe("18.1.0");
  const runtime = '{"devEngines":{"runtime":[{"name":"node","version":"^20"}]}}';
  expect(nodeVersionIn("package.json", runtime)).toBe("^20");
  expect(nodeVersionIn("package.json", "{}")).toBeUndefined();
  expect(pythonVersionsIn(".python-version", "3.12 # newest\n\n3.11\n")).toEqual(["3.12", "3.11"]);
  expect(pythonVersionsIn("pyproject.toml", '[project]\nrequires-python = ">=3.9"\n')).toEqual([">=3.9"]);
  expect(pythonVersionsIn(".tool-versions", "nodejs 20\npython 3.11.7\n")).toEqual(["3.11.7"]);
  expect(goVersionIn("go.mod", "module x\n\ngo 1.22\n\ntoolchain go1.22.5\n")).toBe("1.22.5");
  expect(goVersionIn("go.mod", "module x\n\ngo 1.21\n")).toBe("1.21");
  expect(goVersionIn(".go-version", "1.20.3\n")).toBe("1.20.3");
});
