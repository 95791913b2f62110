import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** A GUID in lower case, as directories print it. */
export type Guid = string & { readonly brand: 'Guid' };

/** The account to close, by its two immutable ids. Never by an address: an address can be given to somebody else. */
export interface Account {
  /** The tenant that the account lives in (`tid` of the sign-in). */
  readonly tenantId: Guid;
  /** The account's object id in that tenant (`oid` of the sign-in). */
  readonly objectId: Guid;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the value is a GUID in lower case. */
export function isGuid(value: unknown): value is Guid {
  return typeof value === 'string' && GUID.test(value);
}

/** The GUID in lower case, or `undefined` when the text is not a GUID. */
export function toGuid(text: string): Guid | undefined {
  const lowerCase = text.toLowerCase();
  return isGuid(lowerCase) ? lowerCase : undefined;
}

/**
 * The Workflow id of an account's closure: the same for every request for that account, so that Temporal itself keeps
 * it to one open closure per account. A hash, so that ids, links and logs do not name the account.
 */
export function closureWorkflowId({ tenantId, objectId }: Account): string {
  return `closure-${bytesToHex(sha256(utf8ToBytes(`${tenantId}/${objectId}`)))}`;
}

/** Whether the text has the form of a closure's Workflow id. */
export function isClosureWorkflowId(text: string): boolean {
  return /^closure-[0-9a-f]{64}$/.test(text);
}

/** The Workflow id of the follow-up that forgets the closure. */
export function forgetWorkflowId(closureId: Guid): string {
  return `forget-${closureId}`;
}
