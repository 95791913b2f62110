import { ed25519 } from '@noble/curves/ed25519';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils';
import { base64urlToBytes, bytesToBase64url } from './base64url';
import { toGuid, type Guid } from './account';

const CLOSURE_ID_DOMAIN = utf8ToBytes('account-closure/closure-id/v1\n');
const CONFIRMATION_DOMAIN = 'account-closure/confirmation/v1';
const SEED_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The person's yes: which plan was shown, and a signature that only the holder of the token can make. */
export interface Confirmation {
  /** Lower-case hex SHA-256 of the plan's canonical JSON (RFC 8785), as the status shows it. */
  readonly planDigest: string;
  /** Ed25519 signature over the confirmation text, 86 characters base64url without padding. */
  readonly signature: string;
}

/** A confirmation token as text (43 characters base64url) -> its 32 bytes, or `undefined` when it is not one. */
export function parseConfirmationToken(token: string): Uint8Array | undefined {
  const seed = base64urlToBytes(token);
  return seed?.length === SEED_BYTES ? seed : undefined;
}

/** 32 random bytes as a confirmation token. Where the bytes come from is the caller's business. */
export function toConfirmationToken(seed: Uint8Array): string {
  return bytesToBase64url(seed);
}

/** The public key of a token, base64url: all that Temporal ever learns of it. */
export function publicKeyOf(seed: Uint8Array): string {
  return bytesToBase64url(ed25519.getPublicKey(seed));
}

/** Whether the text is a usable Ed25519 public key in base64url. */
export function isPublicKey(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  const bytes = base64urlToBytes(text);
  return bytes?.length === SEED_BYTES && isOnCurve(bytes);
}

/**
 * The closure id: a UUID (version 8, RFC 9562) derived one-way from the public key and the account's Workflow id. The same
 * token for the same account therefore means the same closure, and a repeated request is recognised as one's own; the same
 * token for another account is another closure, whose effects and confirmations have nothing in common with the first.
 */
export function closureIdOf(publicKey: string, workflowId: string): Guid {
  const digest = sha256(concatBytes(CLOSURE_ID_DOMAIN, utf8ToBytes(`${publicKey}\n${workflowId}`))).slice(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytesToHex(digest);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  const closureId = toGuid(groups.join('-'));
  if (closureId === undefined) throw new TypeError('sixteen bytes always make a GUID');
  return closureId;
}

/** The person's yes to this plan of this closure, signed with the token. */
export function signConfirmation(seed: Uint8Array, closureId: Guid, planDigest: string): Confirmation {
  const signature = ed25519.sign(confirmationText(closureId, planDigest), seed);
  return { planDigest, signature: bytesToBase64url(signature) };
}

/** Whether the signature was made over this closure and this plan with the token behind the public key. */
export function isSignedBy(publicKey: string, closureId: Guid, confirmation: Confirmation): boolean {
  const key = base64urlToBytes(publicKey);
  const signature = base64urlToBytes(confirmation.signature);
  if (key === undefined || signature?.length !== SIGNATURE_BYTES) return false;
  return ed25519.verify(signature, confirmationText(closureId, confirmation.planDigest), key, { zip215: false });
}

/**
 * For code that verifies one signature and is thrown away, as a Workflow is: leaves out the table that otherwise the first
 * verification makes for later ones, and so takes an eighth of the time. Results stay the same.
 */
export function expectOneVerification(): void {
  ed25519.Point.BASE.precompute(1);
}

/** Whether an unknown value has the shape of a confirmation. Says nothing about the signature. */
export function isConfirmation(value: unknown): value is Confirmation {
  if (typeof value !== 'object' || value === null) return false;
  if (!('planDigest' in value) || !('signature' in value)) return false;
  return isSha256Hex(value.planDigest) && typeof value.signature === 'string' && value.signature.length === 86;
}

/** The Update id of a confirmation: the same yes again is the same Update, another one is not. */
export function confirmationUpdateId({ planDigest, signature }: Confirmation): string {
  return `confirm-${bytesToHex(sha256(utf8ToBytes(`${planDigest}.${signature}`)))}`;
}

function isSha256Hex(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Domain-separated: a signature over a confirmation can never be mistaken for one over anything else. */
function confirmationText(closureId: Guid, planDigest: string): Uint8Array {
  return utf8ToBytes(`${CONFIRMATION_DOMAIN}\n${closureId}\n${planDigest}\n`);
}

function isOnCurve(publicKey: Uint8Array): boolean {
  try {
    ed25519.Point.fromHex(publicKey).assertValidity();
    return true;
  } catch {
    return false;
  }
}
