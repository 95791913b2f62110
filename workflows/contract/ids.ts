import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils';
import type { Account, Guid } from './account';

const CLOSURE_ID_DOMAIN = utf8ToBytes('account-closure/closure-id/v1\n');
const TENANT_KEY_DOMAIN = utf8ToBytes('account-closure/tenant-key/v1\n');
const DRY_RUN = 'plan-';
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

/** The Workflow id of a dry run. Of an id that was made for it alone: two of one account have nothing in common. */
export function dryRunWorkflowId(dryRunId: Guid): string {
  return `${DRY_RUN}${dryRunId}`;
}

/** The id of a dry run, from its Workflow id; `undefined` where that is none. */
export function dryRunIdIn(workflowId: string): Guid | undefined {
  return workflowId.startsWith(DRY_RUN) ? toGuid(workflowId.slice(DRY_RUN.length)) : undefined;
}

/**
 * What the closures of one tenant are found by: 32 hexadecimal digits of a hash. A tenant is an organisation, but a small
 * one may be a person's own: so neither a list nor a link names it.
 */
export function tenantKeyOf(tenantId: Guid): string {
  return bytesToHex(sha256(concatBytes(TENANT_KEY_DOMAIN, utf8ToBytes(tenantId)))).slice(0, 32);
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
