/** How webhooks get to the app: late, twice or not at all, as the dice say. */
import type { Delivery, Transport } from "../sandbox/webhooks/deliver.ts";
import type { Chance } from "./chance.ts";
import type { Clockwork } from "./clockwork.ts";
import type { Dice } from "./knobs.ts";

export interface TransportOptions {
  readonly clockwork: Clockwork;
  readonly dice: Dice;
  readonly chance: Chance;
  readonly deliver: (delivery: Delivery) => void;
}

const MINUTE = 60_000;

export function createTransport({ clockwork, dice, chance, deliver }: TransportOptions): Transport {
  return async (delivery) => {
    if (dice.roll("webhook-dropped", 2)) return 200;
    const times = dice.roll("webhook-doubled", 2) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const late = dice.roll("webhook-late") ? dice.of("webhook-late").integer(10_000, 10 * MINUTE) : 0;
      const slow = dice.roll("webhook-reordered", 3) ? dice.of("webhook-reordered").integer(0, 15_000) : 0;
      const soon = dice.roll("webhook-before-data", 3) ? 0 : chance.integer(50, 1_500);
      clockwork.schedule(late + slow + soon, () => deliver(delivery));
    }
    return 200;
  };
}
