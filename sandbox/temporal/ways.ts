/** What one way of getting a server came to: the thing itself, or why there is none. */
export type Attempt<T> = { readonly found: T } | Missing<T>;

/** Why one way did not lead to a server. */
export interface Missing<T> {
  readonly missing: string;
  /** Does what was only put off. Costs time, so it is asked for when no other way is left. */
  readonly insist?: () => Promise<Attempt<T>>;
}

/** One way of getting a server. Throws only when it makes no sense to try the next one. */
export interface Way<T> {
  /** In a few words, for the message when no way worked. */
  readonly name: string;
  readonly look: () => Promise<Attempt<T>>;
}

/** No way of getting a server worked, or the one that was asked for cannot. The message says what would help. */
export class ServerNotFoundError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ServerNotFoundError';
  }
}

/**
 * Tries one way after the other and returns what the first successful one found; what a way had put off is done before giving up.
 * @throws ServerNotFoundError when none did, with the reason of each and the ways out.
 */
export async function firstFound<T>(server: string, ways: readonly Way<T>[], waysOut: readonly string[]): Promise<T> {
  const failures: Failure<T>[] = [];
  for (const { name, look } of ways) {
    const attempt = await look();
    if ('found' in attempt) return attempt.found;
    failures.push({ name, ...attempt });
  }
  const reasons: string[] = [];
  for (const failure of failures) {
    const attempt = (await failure.insist?.()) ?? failure;
    if ('found' in attempt) return attempt.found;
    reasons.push(`  ${failure.name}: ${attempt.missing}`);
  }
  throw new ServerNotFoundError(
    [`There is no ${server} on this machine and none could be made.`, ...reasons, 'One of these helps:']
      .concat(waysOut.map((wayOut) => `  - ${wayOut}`))
      .join('\n'),
  );
}

interface Failure<T> extends Missing<T> {
  readonly name: string;
}
