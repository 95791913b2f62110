import type { Account, Guid } from '../workflows/contract/account';
import { closureWorkflowId, toGuid } from '../workflows/contract/ids';
import { invalidArgument } from './errors';

/** An account by its two immutable ids, as a caller has them. */
export interface AccountIds {
  /** Tenant id: a GUID, in upper or lower case. */
  readonly tenantId: string;
  /** Object id of the account in that tenant: a GUID, in upper or lower case. */
  readonly objectId: string;
}

/** The account. @throws AccountClosureError `invalid-argument` */
export function accountOf({ tenantId, objectId }: AccountIds): Account {
  return { tenantId: guidOf('tenantId', tenantId), objectId: guidOf('objectId', objectId) };
}

/**
 * The Workflow id of an account's closures: an `id` for every method of the client, where no id was kept.
 * @throws AccountClosureError `invalid-argument`
 */
export function workflowIdOf(ids: AccountIds): string {
  return closureWorkflowId(accountOf(ids));
}

/** The text as a GUID. @throws AccountClosureError `invalid-argument`, with the field's name */
export function guidOf(field: string, text: string): Guid {
  const guid = typeof text === 'string' ? toGuid(text) : undefined;
  if (guid === undefined) throw invalidArgument(field, `${field} is not a GUID.`);
  return guid;
}
