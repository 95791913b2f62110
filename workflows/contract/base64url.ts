import { base64urlnopad } from '@scure/base';

/** Bytes -> base64url without padding (RFC 4648 section 5). */
export const bytesToBase64url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);

/** Base64url without padding -> bytes; `undefined` for anything that does not encode back to the same text. */
export function base64urlToBytes(text: string): Uint8Array | undefined {
  try {
    return base64urlnopad.decode(text);
  } catch {
    return undefined;
  }
}
