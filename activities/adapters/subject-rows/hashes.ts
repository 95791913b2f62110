import { createHmac } from 'node:crypto';
import type { Sensitive } from '../../ports/sensitive';

/** How many characters a keyed hash has: a column has to take as many. */
export const HASH_LENGTH = 69;

/**
 * What a keyed hash looks like, as a regular expression of SQL. The mark in front tells one from a value that is still to be
 * hashed: from the digits alone nobody could.
 */
export const HASH_PATTERN = '^anon:[0-9a-f]{64}$';

/** The keyed hash of a text: `anon:` and HMAC-SHA-256 in hex. The same text gives the same hash, in every table. */
export function createHash(key: Sensitive<string> | undefined): (text: string) => string {
  if (key === undefined) throw new TypeError('A definition with hashes needs a key for them.');
  const bytes = Buffer.from(key.reveal(), 'base64url');
  if (bytes.length !== 32) throw new TypeError('The key for hashes has to be 32 bytes long.');
  return (text) => `anon:${createHmac('sha256', bytes).update(text, 'utf8').digest('hex')}`;
}
