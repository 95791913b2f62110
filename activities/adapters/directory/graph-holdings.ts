import { z } from 'zod';
import { toGuid, type Account } from '../../../workflows/contract/account';
import type { Blocker } from '../../../workflows/contract/eligibility';
import type { DirectoryHoldings } from '../../ports/directory';
import { odd, type Graph } from './graph-http';

const OWNED_KINDS = [
  { type: '#microsoft.graph.group', path: '/groups', kind: 'sole-owner-of-groups' },
  { type: '#microsoft.graph.application', path: '/applications', kind: 'sole-owner-of-applications' },
  { type: '#microsoft.graph.servicePrincipal', path: '/servicePrincipals', kind: 'sole-owner-of-service-principals' },
] as const;

const IDS_ONLY = '?$select=id&$top=999';

const anything = z.unknown();
const reference = z.object({ id: z.string() });
const directoryObject = reference.extend({ '@odata.type': z.string() });
const appRoleAssignment = z.object({ principalType: z.string() });

/**
 * Whether the account has a directory role, directly or through groups. Reads all memberships: the narrower query for
 * roles alone is answered from an index that may lag (Graph: "List a user's memberships", ConsistencyLevel).
 */
export async function hasDirectoryRole(graph: Graph, account: Account, signal: AbortSignal): Promise<boolean> {
  const path = `/users/${account.objectId}/transitiveMemberOf${IDS_ONLY}`;
  for await (const membership of graph.list(account, { path, item: directoryObject }, signal)) {
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
  const path = `/users/${account.objectId}/ownedObjects${IDS_ONLY}`;
  for await (const owned of graph.list(account, { path, item: directoryObject }, signal)) {
    const ownedKind = OWNED_KINDS.find(({ type }) => type === owned['@odata.type']);
    if (ownedKind === undefined) continue;
    const isShared = await hasOtherOwner(graph, { account, objectPath: `${ownedKind.path}/${guid(owned.id)}` }, signal);
    if (!isShared) counts.set(ownedKind.kind, (counts.get(ownedKind.kind) ?? 0) + 1);
  }
  return OWNED_KINDS.flatMap(({ kind }) => {
    const count = counts.get(kind) ?? 0;
    return count === 0 ? [] : [{ kind, count }];
  });
}

/** What hangs on the account and goes with it. App roles that it has through a group belong to the group. */
export async function countHoldings(graph: Graph, account: Account, signal: AbortSignal): Promise<DirectoryHoldings> {
  const user = `/users/${account.objectId}`;
  const memberships = graph.list(account, { path: `${user}/memberOf${IDS_ONLY}`, item: anything }, signal);
  const assignments = graph.list(account, { path: `${user}/appRoleAssignments`, item: appRoleAssignment }, signal);
  const consents = graph.list(account, { path: `${user}/oauth2PermissionGrants`, item: anything }, signal);
  return {
    memberships: await count(memberships),
    appRoleAssignments: await count(assignments, ({ principalType }) => principalType === 'User'),
    consents: await count(consents),
  };
}

async function hasOtherOwner(
  graph: Graph,
  { account, objectPath }: { readonly account: Account; readonly objectPath: string },
  signal: AbortSignal,
): Promise<boolean> {
  const owners = graph.list(account, { path: `${objectPath}/owners${IDS_ONLY}`, item: reference }, signal);
  for await (const owner of owners) {
    if (guid(owner.id) !== account.objectId) return true;
  }
  return false;
}

async function count<T>(items: AsyncIterable<T>, isCounted: (item: T) => boolean = () => true): Promise<number> {
  let counted = 0;
  for await (const item of items) if (isCounted(item)) counted += 1;
  return counted;
}

function guid(id: string): string {
  const found = toGuid(id);
  if (found === undefined) throw odd('an id is not a GUID');
  return found;
}
