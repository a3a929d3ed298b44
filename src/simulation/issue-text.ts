/** An issue's text that Cairn takes. */
export const WELL_SAID = [
  "Readers of the page cannot tell which of the two prices is meant, because both are printed in the same way. It has",
  "been so since the new layout came, and several people wrote to us about it.",
  "",
  "- [ ] the lower price is printed in bold",
].join("\n");
