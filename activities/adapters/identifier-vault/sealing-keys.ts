import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { Sensitive } from '../../ports/sensitive';

/** A key pair of X25519, each half 32 bytes as 43 characters base64url. */
export interface SealingKey {
  readonly privateKey: Sensitive<string>;
  readonly publicKey: string;
}

/** How long either half is. */
const KEY_BYTES = 32;

/** How long the id of a key is. */
export const KEY_ID_BYTES = 8;

/** RFC 8410: what stands before the 32 bytes of an X25519 private key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A new key. Whoever has its private half can open everything that was sealed with it. */
export function createSealingKey(): SealingKey {
  // Any 32 bytes will do (RFC 7748, section 5).
  const bytes = randomBytes(KEY_BYTES);
  return { privateKey: new Sensitive(toText(bytes)), publicKey: toText(publicHalfOf(bytes)) };
}

/**
 * The public half of a private one, as bytes.
 */
export function publicHalfOf(privateKey: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, privateKey]), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}

/** Which key it is: tells nothing about the private half, and stands before whatever was sealed with it. */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  return createHash('sha256')
    .update('account-closure/sealing-key/v1\n')
    .update(publicKey)
    .digest()
    .subarray(0, KEY_ID_BYTES);
}

/**
 * The bytes of either half.
 * @throws RangeError when it has another form; the text is not quoted
 */
export function keyBytesOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== KEY_BYTES || toText(bytes) !== text) throw new RangeError('takes 32 bytes, base64url');
  return bytes;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
