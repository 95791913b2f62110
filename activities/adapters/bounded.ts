/** How much is done at once, and what ends it. */
export interface Bounds {
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

/**
 * Does the work for every item, so many at once. The first failure ends the others.
 * @throws what the first work that failed threw
 */
export async function forEachAtOnce<T>(
  items: Iterable<T>,
  { atOnce, signal }: Bounds,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort(signal.reason);
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  // One iterator for all lanes: each takes the next item when it has done its last.
  const queue = [...items].values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item, ending.signal);
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, lane));
  } catch (error) {
    ending.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
