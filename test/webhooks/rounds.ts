/**
 * Answers in rounds, so that a recording does not depend on how fast each answer came: what the app asks side by
 * side is sent in the order of its addresses, and answered together when the app asks for nothing else.
 */

/** Milliseconds without another request that end a round. */
const QUIET = 100;

export interface Rounds {
  readonly fetch: typeof fetch;
  /** Number of requests in each round so far. */
  readonly sizes: number[];
  /** Resolves when nothing was asked for a while. */
  quiet(): Promise<void>;
}

interface Asked {
  readonly request: Request;
  readonly answer: PromiseWithResolvers<Response>;
}

export function createRounds(): Rounds {
  const sizes: number[] = [];
  let asked: Asked[] = [];
  let timer: NodeJS.Timeout | undefined;
  let lastAt = 0;
  let unanswered = 0;

  const nameOf = ({ request }: Asked): string => `${request.url} ${request.method}`;

  async function answerAll(): Promise<void> {
    const round = asked.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    asked = [];
    sizes.push(round.length);
    const ends = [];
    for (const one of round) {
      const [end] = await Promise.allSettled([fetch(one.request)]);
      ends.push({ one, end });
    }
    for (const { one, end } of ends) {
      if (end.status === "fulfilled") one.answer.resolve(end.value);
      else one.answer.reject(end.reason);
    }
    unanswered -= round.length;
    lastAt = performance.now();
  }

  return {
    sizes,
    fetch(input, init) {
      const one = { request: new Request(input, init), answer: Promise.withResolvers<Response>() };
      asked.push(one);
      unanswered += 1;
      clearTimeout(timer);
      timer = setTimeout(() => void answerAll(), QUIET);
      return one.answer.promise;
    },
    async quiet() {
      while (unanswered > 0 || performance.now() - lastAt < 2 * QUIET) {
        await new Promise((resolve) => setTimeout(resolve, QUIET));
      }
    },
  };
}
