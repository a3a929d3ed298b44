/** A sandbox whose app hears of more events than usual, without a receiver: what is sent is read from the sandbox itself. */
import { EVENTS, type Fixture, start } from "./fixture.ts";

export interface Heard {
  /** `issues.transferred`, `push`, … */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked into as a receiver without types would
  readonly payload: any;
}

export interface Hearing extends Fixture {
  /** All webhooks since the last call, in order. */
  heard(): Promise<readonly Heard[]>;
}

export async function hearing(...events: readonly string[]): Promise<Hearing> {
  const fixture = await start({ webhookUrl: "http://app.test/hooks", transport: async () => 202 });
  fixture.installation.events = [...EVENTS, ...events];
  let seen = 0;
  const heard = async (): Promise<readonly Heard[]> => {
    await fixture.sandbox.waitIdle();
    const fresh = fixture.sandbox.deliveries.slice(seen);
    seen += fresh.length;
    return fresh.map(({ event, action, body }) => ({
      name: action === null ? event : `${event}.${action}`,
      payload: JSON.parse(body),
    }));
  };
  await heard();
  return { ...fixture, heard };
}
