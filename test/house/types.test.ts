import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

test("the compiler refuses an effect without proof and claim, and a signal without its step", () => {
  const root = join(import.meta.dirname, "../..");
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const file = join(import.meta.dirname, "no-effect-without-proof.ts");
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false });
  const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  // An unused @ts-expect-error is an error: every line that must fail does.
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});
