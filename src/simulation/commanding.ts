/** Commands as people write them into comments: by those who may and those who may not, quoted, edited, mistyped, taken back. */
import type { Meddling } from "./meddling.ts";
import type { Place } from "./place.ts";
import type { Person } from "./stage.ts";

/** Some more often than others: what stops work would soon be all that happens. */
const LINES = [
  "/cairn ready",
  "/cairn ready",
  "/cairn resume",
  "/cairn resume",
  "/cairn retry",
  "/cairn retry",
  "/cairn hold wait for the other one",
  "/cairn cancel",
  "/cairn status",
  "/cairn help",
  "/cairn approve",
  "/cairn reject not like this",
  "/cairn override merge:review-missing",
  "/cairn redy",
  "Let us see.\n\n/cairn hold it is late\n\n/cairn resume",
] as const;

/** None of their lines is a command. */
const QUOTED = [
  (line: string) => line.replaceAll(/^/gm, "> "),
  (line: string) => `\`\`\`\n${line}\n\`\`\``,
  (line: string) => line.replaceAll(/^/gm, "    "),
  (line: string) => `<!--\n${line}\n-->`,
] as const;

/** On issues: `commands`; else on their open pull requests, where the same counts. */
export function commanding(place: Place, knob: "commands" | "commands-on-pull" = "commands"): Meddling {
  const { dice, ask, later, pullsOf } = place;
  const write = async (who: Person, issue: number, body: string): Promise<number | undefined> =>
    ((await ask(who, "POST", `/issues/${issue}/comments`, { body })).body as { id?: number } | undefined)?.id;
  return [
    knob,
    1,
    async (issue) => {
      const chance = dice.of(knob);
      const where = knob === "commands" ? issue : pullsOf(issue, "open").at(-1)?.number;
      if (where === undefined) return undefined;
      const line = LINES[chance.integer(0, LINES.length - 1)] ?? LINES[0];
      const quoted = QUOTED[chance.integer(0, QUOTED.length - 1)] ?? QUOTED[0];
      const who = chance.happens(0.8) ? "maya" : chance.happens(0.5) ? "robin" : "oda";
      if (chance.happens(0.2)) return write(who, where, quoted(line));
      if (chance.happens(0.1)) {
        const words = await write(who, where, "I wonder.");
        return ask("maya", "PATCH", `/issues/comments/${words}`, { body: line });
      }
      const command = await write(who, where, line);
      if (chance.happens(0.1))
        later(chance.integer(100, 5_000), () => ask("maya", "DELETE", `/issues/comments/${command}`));
      return command;
    },
  ];
}
