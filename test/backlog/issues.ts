/**
 * A backlog of thirty issues as a team has them, and what each comes to. The agent of `repository.ts` does what stands in
 * backticks behind `Put`: all else is for people, and for triage.
 */

export type Expected =
  | { readonly state: "done"; readonly merged?: false }
  | { readonly state: "hold"; readonly reason: string }
  /**
   * Done, or on hold as another issue's work was merged into the same line first, before or behind the gate. At least one
   * of them is done.
   */
  | { readonly state: "done"; readonly unless: readonly string[] }
  /** Still waiting for an issue that is not done. */
  | { readonly state: "ready" };

export interface BacklogIssue {
  readonly name: string;
  /** The file, front matter and all. */
  readonly text: string;
  readonly expected: Expected;
}

const DONE: Expected = { state: "done" };
/** One comment asks for what the text lacks. */
const ASKED: Expected = { state: "hold", reason: "text-lacks" };
/** A conflict goes back to the agent, which keeps both sides; what GitHub refuses behind the gate is for people. */
const RACES: Expected = { state: "done", unless: ["merge-refused"] };
/** The whole way, and closed where others are merged. */
const TRIED: Expected = { state: "done", merged: false };
const hold = (reason: string): Expected => ({ state: "hold", reason });

/** An issue that says enough: `path` is to hold `line`. */
const wanted = (title: string, path: string, line: string, why: string): string =>
  `# ${title}\n\n${why}\n\nPut \`${line}\` into \`${path}\`.\n\n- [ ] \`${path}\` has a line \`${line}\`\n- [ ] nothing else has changed, as whoever reads the diff can tell\n`;

const matter = (...lines: string[]): string => `---\n${lines.join("\n")}\n---\n`;

const WHY =
  "People who come to this project look for this first, and ask for it in chat every week since the spring.";

const fine = Array.from({ length: 7 }, (_, index): BacklogIssue => {
  const number = index + 1;
  const text = wanted(
    `Describe part ${number}`,
    `docs/part-${number}.md`,
    `Part ${number} is described.`,
    WHY,
  );
  return {
    name: `0${number}-fine`,
    text: number === 7 ? `${matter("author: oda")}${text}` : text,
    expected: DONE,
  };
});

const sections = Array.from({ length: 30 }, (_, index) => `- [ ] section ${index + 1}`).join("\n");

export const BACKLOG: readonly BacklogIssue[] = [
  ...fine,
  {
    // Its check fails where the network is away, as it is in each first attempt, and is green where a person runs it again. Nothing
    // in the files could be mended: the agent leaves them as they are, and nobody sends it once more.
    name: "08-flaky",
    text: wanted("Describe the weather", "docs/weather.md", "This line needs the network.", WHY),
    expected: hold("no-change"),
  },
  { name: "09-thin", text: "# It is slow\n", expected: ASKED },
  { name: "10-thin", text: "# Dark mode\n\nPlease.\n", expected: ASKED },
  {
    name: "11-thin",
    text: `# Search\n\n<!-- ${"a template that nobody filled in ".repeat(9)} -->\n`,
    expected: ASKED,
  },
  {
    name: "12-vague",
    text: `# Make it nicer\n\n${WHY} Something about the colours is wrong, and everybody says so.\n`,
    expected: ASKED,
  },
  {
    name: "13-try",
    text: wanted("[cairn-e2e] Describe the way itself", "docs/way.md", "The whole way.", WHY),
    expected: TRIED,
  },
  { name: "14-large", text: `# The whole manual\n\n${WHY}\n\n${sections}\n`, expected: ASKED },
  {
    name: "15-label",
    text: `${matter("labels: [for-people]")}${wanted("Choose a logo", "docs/logo.md", "A cairn.", WHY)}`,
    expected: ASKED,
  },
  {
    name: "16-path",
    text: wanted("Change the deployment", "deploy/production.txt", "replicas: 3", WHY),
    expected: ASKED,
  },
  {
    name: "17-word",
    text: wanted("Describe billing", "docs/money.md", "It costs nothing.", WHY),
    expected: ASKED,
  },
  {
    name: "18-after-fine",
    text: `${matter("blocked-by: [01-fine]")}${wanted("Describe part 1 more", "docs/part-1-more.md", "More of part 1.", WHY)}`,
    expected: DONE,
  },
  {
    name: "19-after-that",
    text: `${matter("blocked-by: [18-after-fine, 02-fine]")}${wanted("Describe part 1 to its end", "docs/part-1-end.md", "The end of part 1.", WHY)}`,
    expected: DONE,
  },
  {
    name: "20-after-thin",
    text: `${matter("blocked-by: [09-thin]")}${wanted("Describe how fast it is", "docs/speed.md", "It is fast.", WHY)}`,
    expected: { state: "ready" },
  },
  {
    name: "21-after-blocked",
    text: `${matter("blocked-by: [20-after-thin]")}${wanted("Describe how fast it was", "docs/speed-before.md", "It was slow.", WHY)}`,
    expected: { state: "ready" },
  },
  {
    name: "22-fails",
    text: `${wanted("Describe what cannot be", "docs/never.md", "!fail", WHY)}`,
    expected: hold("agent-failed"),
  },
  {
    name: "23-nothing",
    text: `${wanted("Describe what is there", "docs/nothing.md", "!nothing", WHY)}`,
    expected: hold("no-change"),
  },
  {
    name: "24-touches-workflows",
    text: wanted("Describe the checks", "docs/checks.md", "!workflow", WHY),
    expected: hold("reserved-path"),
  },
  {
    name: "25-red-at-first",
    text: wanted("Describe the red part", "docs/red.md", "This line is red.", WHY),
    expected: DONE,
  },
  {
    name: "26-stays-red",
    text: wanted("Describe the other red part", "docs/other-red.md", "This line is red and stays so.", WHY),
    expected: hold("check-failed"),
  },
  {
    name: "27-same-line",
    text: wanted("Name the release Alder", "docs/release.md", "Alder", WHY),
    expected: RACES,
  },
  {
    name: "28-same-line",
    text: wanted("Name the release Birch", "docs/release.md", "Birch", WHY),
    expected: RACES,
  },
  {
    name: "29-same-line",
    text: wanted("Name the release Cedar", "docs/release.md", "Cedar", WHY),
    expected: RACES,
  },
  {
    name: "30-said-in-text",
    text: wanted(
      "Describe part 2 more",
      "docs/part-2-more.md",
      "More of part 2.",
      `${WHY}\n\nBlocked by: #2`,
    ),
    expected: DONE,
  },
];
