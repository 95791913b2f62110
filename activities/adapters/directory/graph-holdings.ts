import { z } from 'zod';
import type { Account } from '../../../workflows/contract/account';
import { toGuid } from '../../../workflows/contract/ids';
import type { Blocker } from '../../../workflows/contract/eligibility';
import type { DirectoryHoldings } from '../../ports/directory';
import { IndeterminateAnswerError } from '../../ports/faults';
import { forEachAtOnce } from '../bounded';
import type { Graph } from './graph-http';
import type { DirectoryOperation } from './operations';

const OWNED_KINDS = [
  { type: '#microsoft.graph.group', path: '/groups', kind: 'sole-owner-of-groups' },
  { type: '#microsoft.graph.application', path: '/applications', kind: 'sole-owner-of-applications' },
  { type: '#microsoft.graph.servicePrincipal', path: '/servicePrincipals', kind: 'sole-owner-of-service-principals' },
] as const;

const IDS_ONLY = '?$select=id&$top=999';
/** Somebody with 500 objects is judged in seconds, and the tenant's quota of 350 reads a second is not felt. */
const READS_AT_ONCE = 8;

const anything = z.unknown();
const reference = z.object({ id: z.string() });
const directoryObject = reference.extend({ '@odata.type': z.string() });
const appRoleAssignment = z.object({ principalId: z.string() });

/**
 * Whether the account has a directory role, directly or through groups. Reads all memberships: the narrower query for
 * roles alone is answered from an index that may lag (Graph: "List a user's memberships", ConsistencyLevel).
 */
export async function hasDirectoryRole(graph: Graph, account: Account, signal: AbortSignal): Promise<boolean> {
  const path = `/users/${account.objectId}/transitiveMemberOf${IDS_ONLY}`;
  for await (const membership of graph.list(
    account,
    { operation: 'directory.list-memberships', path, item: directoryObject },
    signal,
  )) {
    if (membership['@odata.type'] === '#microsoft.graph.directoryRole') return true;
  }
  return false;
}

/** Groups, applications and service principals that have no other owner than the account, in this order. */
export async function listSoleOwnerships(
  graph: Graph,
  account: Account,
  signal: AbortSignal,
): Promise<readonly Blocker[]> {
  const counts = new Map<Blocker['kind'], number>();
  const owned = await listOwned(graph, account, signal);
  await forEachAtOnce(owned, { atOnce: READS_AT_ONCE, signal }, async ({ kind, objectPath }, limited) => {
    const isShared = await hasOtherOwner(graph, { account, objectPath }, limited);
    if (!isShared) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  });
  return OWNED_KINDS.flatMap(({ kind }) => {
    const count = counts.get(kind) ?? 0;
    return count === 0 ? [] : [{ kind, count }];
  });
}

/**
 * What hangs on the account. App roles that it has through a group are listed as well, with the group as their principal.
 * Counted by reading: `$count` is answered from an index that may lag.
 */
export async function countHoldings(graph: Graph, account: Account, signal: AbortSignal): Promise<DirectoryHoldings> {
  const user = `/users/${account.objectId}`;
  const list = <T>(operation: DirectoryOperation, path: string, item: z.ZodType<T>): AsyncGenerator<T> =>
    graph.list(account, { operation, path: `${user}${path}`, item }, signal);
  const memberships = list('directory.count-memberships', `/memberOf${IDS_ONLY}`, anything);
  const appRoles = 'directory.count-app-roles';
  const assignments = list(appRoles, '/appRoleAssignments', appRoleAssignment);
  const consents = list('directory.count-consents', '/oauth2PermissionGrants', anything);
  const ownedObjects = list('directory.count-owned-objects', `/ownedObjects${IDS_ONLY}`, reference);
  return {
    memberships: await count(memberships),
    appRoleAssignments: await count(assignments, (role) => guid(appRoles, role.principalId) === account.objectId),
    consents: await count(consents),
    ownedObjects: await count(ownedObjects),
  };
}

interface OwnedObject {
  readonly kind: Blocker['kind'];
  readonly objectPath: string;
}

async function listOwned(graph: Graph, account: Account, signal: AbortSignal): Promise<readonly OwnedObject[]> {
  const operation = 'directory.list-owned-objects';
  const path = `/users/${account.objectId}/ownedObjects${IDS_ONLY}`;
  const found: OwnedObject[] = [];
  for await (const owned of graph.list(account, { operation, path, item: directoryObject }, signal)) {
    const known = OWNED_KINDS.find(({ type }) => type === owned['@odata.type']);
    if (known !== undefined) found.push({ kind: known.kind, objectPath: `${known.path}/${guid(operation, owned.id)}` });
  }
  return found;
}

async function hasOtherOwner(
  graph: Graph,
  { account, objectPath }: { readonly account: Account; readonly objectPath: string },
  signal: AbortSignal,
): Promise<boolean> {
  const operation = 'directory.list-owners';
  const path = `${objectPath}/owners${IDS_ONLY}`;
  for await (const owner of graph.list(account, { operation, path, item: reference }, signal)) {
    if (guid(operation, owner.id) !== account.objectId) return true;
  }
  return false;
}

async function count<T>(items: AsyncIterable<T>, isCounted: (item: T) => boolean = () => true): Promise<number> {
  let counted = 0;
  for await (const item of items) if (isCounted(item)) counted += 1;
  return counted;
}

function guid(operation: DirectoryOperation, id: string): string {
  const found = toGuid(id);
  if (found === undefined)
    throw new IndeterminateAnswerError({ farEnd: 'directory', operation }, 'an id is not a GUID');
  return found;
}
