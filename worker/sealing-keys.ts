import { readFileSync } from 'node:fs';
import { Sensitive } from '../activities/ports/sensitive';

/** What is wrong with a text that `parseSealingKeys` takes no keys from. */
export const SEALING_KEYS_HINT =
  'takes what `closure sealing-key` prints: 32 bytes, base64url; during a rotation several, the new one first, with commas between them';

/** 43 characters for 32 bytes; the last one has two bits left over, which are zero. */
const KEY = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** The private keys in a text, commas or white space between them; `undefined` when one has another form, or there is none. */
export function parseSealingKeys(text: string): readonly Sensitive<string>[] | undefined {
  const keys = text.trim().split(/\s*,\s*|\s+/);
  return keys.every((key) => KEY.test(key)) ? keys.map((key) => new Sensitive(key)) : undefined;
}

/** The private keys in a file, and otherwise what is wrong with it, in words that quote neither its path nor its content. */
export function readSealingKeys(path: string): readonly Sensitive<string>[] | string {
  const text = textIn(path);
  return text === undefined
    ? 'names a file that cannot be read'
    : (parseSealingKeys(text) ?? `names a file that does not have what it ${SEALING_KEYS_HINT}`);
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
