import { readFile } from 'node:fs/promises';
import type { Guid } from '../../../workflows/contract/account';
import { NotAuthenticatedError } from '../../ports/faults';
import { Sensitive } from '../../ports/sensitive';

/** Where bearer tokens for the directory come from. */
export interface TokenSource {
  /**
   * A token for that tenant. With `isRetry` the one before was not accepted: a source that can get another does.
   * @throws NotAuthenticatedError when there is none
   * @throws ThrottledError, UnavailableError when whoever gives it cannot do it now
   */
  readonly tokenFor: (
    tenantId: Guid,
    options: { readonly isRetry: boolean },
    signal: AbortSignal,
  ) => Promise<Sensitive<string>>;
}

const AT = { farEnd: 'directory', operation: 'directory.get-token' } as const;

/** Stands in a token for the tenant's id: a gateway that knows tenants by their tokens can then tell which one is meant. */
const TENANT_PLACEHOLDER = '{tenantId}';

/** Always the same token, but for the tenant's id where it has a place for it: for development, and behind a gateway. */
export function createStaticTokens(token: Sensitive<string>): TokenSource {
  return {
    tokenFor: (tenantId) =>
      Promise.resolve().then(() => toToken(token.reveal().replaceAll(TENANT_PLACEHOLDER, tenantId))),
  };
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
    throw new NotAuthenticatedError({ ...AT, code: 'token-file-unreadable' });
  }
}

/**
 * The token, without the white space around it.
 * @throws NotAuthenticatedError when it cannot be one: a header would refuse it, and quote it
 */
export function toToken(text: string): Sensitive<string> {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new NotAuthenticatedError({ ...AT, code: 'token-unusable' });
  return new Sensitive(token);
}
