/** How long something may take, and who may end it sooner. */
export interface TimeBounds {
  readonly timeoutMs: number;
  readonly overdue: () => Error;
  readonly signal: AbortSignal | undefined;
}

const GIVEN_UP = Symbol('given up');

/**
 * The work's answer. Ends at once with the signal's reason, or when the time is over, while the work itself may go on.
 * @throws what `overdue` makes when it takes longer
 */
export async function withinTime<T>(work: Promise<T>, { timeoutMs, overdue, signal }: TimeBounds): Promise<T> {
  let giveUp = (): void => undefined;
  const givenUp = new Promise<typeof GIVEN_UP>((resolve) => {
    giveUp = (): void => {
      resolve(GIVEN_UP);
    };
  });
  const timer = setTimeout(giveUp, timeoutMs);
  signal?.addEventListener('abort', giveUp);
  try {
    const first = await Promise.race([work, givenUp]);
    if (first !== GIVEN_UP) return first;
    signal?.throwIfAborted();
    throw overdue();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
