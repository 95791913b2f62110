import { randomBytes } from 'node:crypto';
import { parseConfirmationToken, toConfirmationToken } from '../workflows/contract/confirmation';
import { AccountClosureError } from './errors';

/**
 * A new confirmation token: 32 random bytes as 43 characters base64url. Store it before you request the closure: it is the
 * only thing that can confirm it, and with it a repeated request is recognised as the same one.
 */
export function createConfirmationToken(): string {
  return toConfirmationToken(randomBytes(32));
}

/** The token's bytes. @throws AccountClosureError `invalid-token` */
export function seedOf(token: string): Uint8Array {
  const seed = parseConfirmationToken(token);
  if (seed !== undefined) return seed;
  throw new AccountClosureError('invalid-token', 'A confirmation token is 43 characters of base64url.', {
    field: 'token',
  });
}
