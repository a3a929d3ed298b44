/** For processes that tests start (`NODE_OPTIONS`): what their sandboxes do goes to a file, line by line. */
import { appendFileSync } from "node:fs";
import { observe } from "./observed.ts";

const file = process.env.CAIRN_TEST_OBSERVED;
if (file !== undefined) observe((observed) => appendFileSync(file, `${JSON.stringify(observed)}\n`));
