/** Webhooks on which nothing may be asked: the app's own doing, and what commands nothing. */
import { type Case, labeled, NOTHING, place } from "./case.ts";

export const SILENT: Readonly<Record<string, Case>> = {
  "own-label": {
    title: "The app's own label comes back as a webhook: nothing is asked",
    scene: "An open issue; the payload's sender is the app's bot.",
    set: async () => undefined,
    webhook: (scene) =>
      labeled(scene, "cairn:implementing", {
        "sender.id": scene.stage.app.app.botId,
        "sender.login": "cairn[bot]",
        "sender.type": "Bot",
      }),
    end: NOTHING,
  },
  "comment-by-person": {
    title: "Somebody comments on the issue without a command: nothing is asked",
    scene: "An open issue with a comment by maya.",
    async set({ maintainer, repo, issue }) {
      await maintainer.post(`${repo}/issues/${issue}/comments`, {
        body: "As I said: `/cairn ready`, please",
      });
    },
    webhook: (scene) => ({
      event: "issue_comment",
      example: { action: "created", index: 0 },
      changed: {
        ...place(scene),
        "issue.number": scene.issue,
        "comment.body": "As I said: `/cairn ready`, please",
      },
    }),
    end: NOTHING,
  },
  "installation-added": {
    title: "The app is installed on an account: nothing is asked; the next sweep finds what is there",
    scene: "A new installation.",
    set: async () => undefined,
    webhook: ({ stage }) => ({
      event: "installation",
      example: { action: "created", index: 0 },
      changed: { "installation.id": stage.installation.id },
    }),
    end: NOTHING,
  },
  "repository-added": {
    title: "A repository is added to the installation: nothing is asked; the next sweep finds what is there",
    scene: "A repository more.",
    set: async () => undefined,
    webhook: ({ stage }) => ({
      event: "installation_repositories",
      example: { action: "added", index: 0 },
      changed: { "installation.id": stage.installation.id },
    }),
    end: NOTHING,
  },
};
