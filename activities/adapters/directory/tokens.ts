import { readFile } from 'node:fs/promises';
import type { Guid } from '../../../workflows/contract/account';
import { NotAuthenticatedError } from '../../ports/faults';
import { Sensitive } from '../../ports/sensitive';

/** Where bearer tokens for the directory come from. */
export interface TokenSource {
  /**
   * A token for that tenant. With `isRetry` the one before was not accepted: a source that can get another does.
   * @throws NotAuthenticatedError when there is none, UnavailableError when nobody answers
   */
  readonly tokenFor: (
    tenantId: Guid,
    options: { readonly isRetry: boolean },
    signal: AbortSignal,
  ) => Promise<Sensitive<string>>;
}

const FAR_END = 'directory';

/** Always the same token, for every tenant: for development, and behind a gateway. */
export function createStaticTokens(token: Sensitive<string>): TokenSource {
  return { tokenFor: () => Promise.resolve().then(() => toToken(token.reveal())) };
}

/** The token in a file that somebody else renews. Read once, and again after a token was not accepted. */
export function createFileTokens(path: string): TokenSource {
  let known: Sensitive<string> | undefined;
  return {
    tokenFor: async (_tenantId, { isRetry }, signal) => {
      if (known === undefined || isRetry) known = await readToken(path, signal);
      return known;
    },
  };
}

async function readToken(path: string, signal: AbortSignal): Promise<Sensitive<string>> {
  try {
    return toToken(await readFile(path, { encoding: 'utf8', signal }));
  } catch {
    signal.throwIfAborted();
    throw new NotAuthenticatedError(FAR_END);
  }
}

/**
 * The token, without the white space around it.
 * @throws NotAuthenticatedError when it cannot be one: a header would refuse it, and quote it
 */
export function toToken(text: string): Sensitive<string> {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new NotAuthenticatedError(FAR_END);
  return new Sensitive(token);
}
