/**
 * Why an issue is not taken as it stands: a closed list, each with the words of the one question that asks for it. The
 * rules that find them are the policy's; here is what they mean.
 */
import { type Digest, digestOf } from "./canonical.ts";
import type { Meaning } from "./refusals.ts";

export type TriageCode =
  | "too-short"
  | "no-acceptance"
  | "too-long"
  | "too-many-tasks"
  | "reserved-label"
  | "reserved-path"
  | "reserved-word"
  | "other-repository";

interface TriageWords extends Meaning {
  /** Lines of Markdown to copy into the issue; none where nothing that is written there helps. */
  readonly copy: readonly string[];
}

const EDIT = "Somebody with write access edits the text, or answers; or its author edits it.";

export const TRIAGE: Readonly<Record<TriageCode, TriageWords>> = {
  "too-short": {
    what: "The text is too short for anybody who does not know what you know.",
    next: EDIT,
    copy: ["What happens now:", "", "What should happen instead, and where:"],
    scenarios: [24],
  },
  "no-acceptance": {
    what: "Nothing says how one could tell that it is done.",
    next: EDIT,
    copy: ["- [ ] it should …", "- [ ] this command shows it: `…`"],
    scenarios: [24],
  },
  "too-long": {
    what: "The text is longer than one piece of work.",
    next: "Somebody splits the issue, and leaves one piece here.",
    copy: [],
    scenarios: [24],
  },
  "too-many-tasks": {
    what: "The checklist has more items than one piece of work.",
    next: "Somebody splits the issue, and leaves one piece here.",
    copy: [],
    scenarios: [24],
  },
  "reserved-label": {
    what: "A label says that this is for people.",
    next: "Somebody with write access removes that label, or a person does the work.",
    copy: [],
    scenarios: [24],
  },
  "reserved-path": {
    what: "The text names files that are reserved for people.",
    next: "Somebody with write access says in the text what to do without them, or a person does the work.",
    copy: [],
    scenarios: [24],
  },
  "reserved-word": {
    what: "The text speaks of something that is reserved for people.",
    next: "Somebody with write access says it in other words, if it is meant otherwise, or a person does the work.",
    copy: [],
    scenarios: [24],
  },
  "other-repository": {
    what: "A label says that this belongs to another repository.",
    next: "Somebody with write access transfers the issue there, or takes that label off.",
    copy: [],
    scenarios: [24],
  },
};

/** One reason, with what was found: a count, a label, a path. */
export interface Finding {
  readonly code: TriageCode;
  readonly detail: string;
  /** Why Cairn does nothing about it: one sentence. The question is the same without it. */
  readonly why?: string;
}

/** Of these it is another question where they name something else. */
const NAMED = /^(?:reserved-|other-)/;

/** Names a question by what it asks for, whatever the counts in it. */
export const questionOf = (findings: readonly Finding[]): Digest =>
  digestOf(findings.map(({ code, detail }) => (NAMED.test(code) ? `${code} ${detail}` : code)).sort());

/** The name of each, as that of a question for it alone. */
export const findingsOf = (findings: readonly Finding[]): readonly Digest[] =>
  findings.map((finding) => questionOf([finding]));

/**
 * Whether people were asked for all of this, in one comment or in several. Chains of apps that named no findings tell of
 * whole questions alone.
 */
export const wereAsked = (questions: readonly Digest[], findings: readonly Finding[]): boolean =>
  questions.includes(questionOf(findings)) || findingsOf(findings).every((name) => questions.includes(name));
