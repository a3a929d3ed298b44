/** What people and programs do to Cairn's own records: markers and chains. */
import type { IssueComment } from "../sandbox/world/state.ts";
import type { Knob } from "./knobs.ts";
import type { Meddling } from "./meddling.ts";
import type { Place } from "./place.ts";

const markersOn = (place: Place, issue: number): readonly IssueComment[] =>
  writtenOn(place, issue, "cairn:marker");

/** Comments of the app's with this in them. */
function writtenOn({ sandbox, stage, issueOf }: Place, issue: number, sign: string): readonly IssueComment[] {
  const id = issueOf(issue)?.id;
  return [...sandbox.world.comments.values()].filter(
    (one) => one.issueId === id && one.authorId === stage.app.app.botId && one.body.includes(sign),
  );
}

/** Lets it permit something for another attempt. */
const anotherAttempt = (body: string): string => body.replaceAll(/#g(\d+)a\d+"/g, '#g$1a9"');

export async function editLastMarker(place: Place, issue: number): Promise<void> {
  const marker = markersOn(place, issue).at(-1);
  if (marker)
    await place.ask("maya", "PATCH", `/issues/comments/${marker.id}`, { body: anotherAttempt(marker.body) });
}

export function tamperings(place: Place): readonly Meddling[] {
  const { sandbox, stage, ask, dice, telling } = place;
  const { world } = sandbox;
  const markers = (issue: number): readonly IssueComment[] => markersOn(place, issue);
  const any = (knob: Knob, issue: number): IssueComment | undefined => {
    const found = markers(issue);
    return found[found.length === 0 ? 0 : dice.of(knob).integer(0, found.length - 1)];
  };
  const edit = (knob: Knob, change: (body: string) => string) => async (issue: number) => {
    const marker = any(knob, issue);
    if (marker) await ask("maya", "PATCH", `/issues/comments/${marker.id}`, { body: change(marker.body) });
  };
  const comment = (issue: number, body: string) => ask("maya", "POST", `/issues/${issue}/comments`, { body });
  /** As Cairn would write it, with another generation. */
  const forged = (issue: number): string | undefined =>
    markers(issue)
      .at(-1)
      ?.body.replace(/"generation":(\d+)/g, (_, generation) => `"generation":${Number(generation) + 1}`);

  async function writeAs(appId: number, botId: number, issue: number): Promise<void> {
    const body = forged(issue);
    if (body === undefined) return;
    // Straight into the world: these writers have no part in anything else.
    if (!place.issueOf(issue)) return;
    const answer = await comment(issue, body);
    const id = (answer.body as { id?: number } | undefined)?.id;
    const written = id === undefined ? undefined : world.comments.get(id);
    if (written) world.comments.set(written.id, { ...written, authorId: botId, viaAppId: appId });
    telling.say("somebody", `forges a marker on ${issue}`);
  }

  /** A little of it is another: the step that it cites, or the attempt for which it permits something. */
  const altered = (body: string): string =>
    dice.of("marker-edited").happens(0.3) ? body.replace('"seq":', '"seq":1') : anotherAttempt(body);

  const ref = (issue: number): string => `/git/refs/cairn/${issue}`;
  const head = (issue: number): string | undefined => stage.repository.refs.get(`refs/cairn/${issue}`);

  return [
    ["marker-edited", 0.4, edit("marker-edited", altered)],
    [
      "marker-truncated",
      0.3,
      edit("marker-truncated", (body) => body.slice(0, Math.floor(body.length * 0.8))),
    ],
    [
      "marker-of-future-version",
      0.3,
      edit("marker-of-future-version", (body) => body.replace('"v":1', '"v":2')),
    ],
    [
      "marker-deleted",
      0.3,
      async (issue) => {
        const marker = any("marker-deleted", issue);
        if (marker) await ask("maya", "DELETE", `/issues/comments/${marker.id}`);
      },
    ],
    [
      "marker-quoted",
      1,
      async (issue) => {
        const marker = any("marker-quoted", issue);
        if (marker) await comment(issue, `> ${marker.body.replaceAll("\n", "\n> ")}\n\nWhat is this?`);
      },
    ],
    [
      "marker-forged-by-user",
      1,
      async (issue) => {
        const body = forged(issue);
        if (body !== undefined) await comment(issue, body);
      },
    ],
    ["marker-forged-by-app", 0.5, (issue) => writeAs(stage.other.id, stage.other.botId, issue)],
    ["marker-forged-by-actions", 0.5, (issue) => writeAs(15_368, 41_898_282, issue)],
    [
      "status-tampered",
      0.3,
      async (issue) => {
        const status = writtenOn(place, issue, "cairn:status")[0];
        if (!status) return;
        const path = `/issues/comments/${status.id}`;
        const how = dice.of("status-tampered").integer(0, 2);
        if (how === 0) return ask("maya", "DELETE", path);
        const lies = status.body.replace(/Cairn: \w+/, "Cairn: done").replace(/#\d+/g, "#1");
        return ask("maya", "PATCH", path, { body: how === 1 ? lies : lies.slice(0, lies.length / 2) });
      },
    ],
    ["chain-deleted", 0.05, (issue) => ask("maya", "DELETE", ref(issue))],
    [
      "chain-forced",
      0.05,
      async (issue) => {
        const sha = head(issue);
        const store = sandbox.services.stores.get(stage.repository.id);
        const parent = sha === undefined ? undefined : (await store?.readCommit(sha))?.parents[0];
        if (parent !== undefined) await ask("maya", "PATCH", ref(issue), { sha: parent, force: true });
      },
    ],
    [
      "chain-pushed-to",
      0.05,
      async (issue) => {
        const sha = head(issue);
        if (sha === undefined) return;
        const tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        const made = await ask("maya", "POST", "/git/commits", { message: "Mine", tree, parents: [sha] });
        await ask("maya", "PATCH", ref(issue), { sha: (made.body as { sha?: string }).sha, force: false });
      },
    ],
  ];
}
