import { ed25519 } from '@noble/curves/ed25519';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { base64urlToBytes, bytesToBase64url } from './base64url';
import type { Guid } from './account';
import { isRecordOf } from './shapes';

const CONFIRMATION_DOMAIN = 'account-closure/confirmation/v1';
const SEED_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SIGNATURE_CHARACTERS = 86;
const KEY_CHARACTERS = 43;
const REPORT_DOMAIN = 'account-closure/report/v1';

/** What the person reports about a part of the procedure that is theirs. */
export interface Report {
  /** `export-declined`: go on without the export. What to save is theirs to decide, and a failed export is no dead end. */
  readonly step: 'export-declined';
  /** Ed25519 signature over the report text, 86 characters base64url without padding. */
  readonly signature: string;
}

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
  if (typeof text !== 'string' || text.length !== KEY_CHARACTERS) return false;
  const bytes = base64urlToBytes(text);
  return bytes?.length === SEED_BYTES && isOnCurve(bytes);
}

/** The person's yes to this plan of this closure, signed with the token. */
export function signConfirmation(seed: Uint8Array, closureId: Guid, planDigest: string): Confirmation {
  const signature = ed25519.sign(confirmationText(closureId, planDigest), seed);
  return { planDigest, signature: bytesToBase64url(signature) };
}

/** Whether the signature was made over this closure and this plan with the token behind the public key. */
export function isSignedBy(publicKey: string, closureId: Guid, confirmation: Confirmation): boolean {
  return isSignatureOf(publicKey, confirmationText(closureId, confirmation.planDigest), confirmation.signature);
}

/**
 * For code that verifies one signature and is thrown away, as a Workflow is: leaves out the table that otherwise the first
 * verification makes for later ones, and so takes an eighth of the time. Results stay the same.
 */
export function expectOneVerification(): void {
  ed25519.Point.BASE.precompute(1);
}

/** Whether an unknown value has exactly the shape of a confirmation. Says nothing about the signature. */
export function isConfirmation(value: unknown): value is Confirmation {
  return (
    isRecordOf(value, ['planDigest', 'signature']) && isSha256Hex(value.planDigest) && isSignature(value.signature)
  );
}

/** The person's report about a part of the procedure that is theirs, signed with the token. */
export function signReport(seed: Uint8Array, closureId: Guid, step: Report['step']): Report {
  return { step, signature: bytesToBase64url(ed25519.sign(reportText(closureId, step), seed)) };
}

/** Whether the report was signed for this closure with the token behind the public key. */
export function isReportSignedBy(publicKey: string, closureId: Guid, { step, signature }: Report): boolean {
  return isSignatureOf(publicKey, reportText(closureId, step), signature);
}

/** Whether an unknown value has exactly the shape of a report. Says nothing about the signature. */
export function isReport(value: unknown): value is Report {
  return isRecordOf(value, ['step', 'signature']) && value.step === 'export-declined' && isSignature(value.signature);
}

/** The Update id of a confirmation: the same yes again is the same Update, another one is not. */
export function confirmationUpdateId({ planDigest, signature }: Confirmation): string {
  return `confirm-${bytesToHex(sha256(utf8ToBytes(`${planDigest}.${signature}`)))}`;
}

function isSignatureOf(publicKey: string, text: Uint8Array, signature: string): boolean {
  const key = base64urlToBytes(publicKey);
  const bytes = base64urlToBytes(signature);
  if (key === undefined || bytes?.length !== SIGNATURE_BYTES) return false;
  return ed25519.verify(bytes, text, key, { zip215: false });
}

function isSignature(value: unknown): value is string {
  return typeof value === 'string' && value.length === SIGNATURE_CHARACTERS && /^[\w-]+$/.test(value);
}

function isSha256Hex(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Domain-separated: a signature over a confirmation can never be mistaken for one over anything else. */
function confirmationText(closureId: Guid, planDigest: string): Uint8Array {
  return utf8ToBytes(`${CONFIRMATION_DOMAIN}\n${closureId}\n${planDigest}\n`);
}

function reportText(closureId: Guid, step: Report['step']): Uint8Array {
  return utf8ToBytes(`${REPORT_DOMAIN}\n${closureId}\n${step}\n`);
}

function isOnCurve(publicKey: Uint8Array): boolean {
  try {
    ed25519.Point.fromHex(publicKey).assertValidity();
    return true;
  } catch {
    return false;
  }
}
