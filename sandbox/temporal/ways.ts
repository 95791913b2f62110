/** What one way of getting a server came to: the thing itself, or why there is none. */
export type Attempt<T> = { readonly found: T } | { readonly missing: string };

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
 * Tries one way after the other and returns what the first successful one found.
 * @throws ServerNotFoundError when none did, with the reason of each and the ways out.
 */
export async function firstFound<T>(server: string, ways: readonly Way<T>[], waysOut: readonly string[]): Promise<T> {
  const reasons: string[] = [];
  for (const way of ways) {
    const attempt = await way.look();
    if ('found' in attempt) return attempt.found;
    reasons.push(`  ${way.name}: ${attempt.missing}`);
  }
  throw new ServerNotFoundError(
    [`There is no ${server} on this machine and none could be made.`, ...reasons, 'One of these helps:']
      .concat(waysOut.map((wayOut) => `  - ${wayOut}`))
      .join('\n'),
  );
}
