import { z } from 'zod';
import type { Account } from '../../../workflows/contract/account';
import type { Directory, DirectoryAccount, PurgeAnswer } from '../../ports/directory';
import { AccessDeniedError, RequestRefusedError } from '../../ports/faults';
import { Sensitive } from '../../ports/sensitive';
import { parseJson } from '../http';
import { exportProgress, requestExport } from './graph-export';
import { countHoldings, hasDirectoryRole, listSoleOwnerships } from './graph-holdings';
import { createGraph, odd, parseAs, type Graph, type GraphAnswer, type GraphSettings } from './graph-http';

const FAR_END = 'directory';
const ACCOUNT_FIELDS = '?$select=id,userPrincipalName,accountEnabled,userType,deletedDateTime';

const user = z.object({
  id: z.string(),
  userPrincipalName: z.string().regex(/@/),
  accountEnabled: z.boolean(),
  userType: z.string().nullish(),
  deletedDateTime: z.string().nullish(),
});

/** A directory behind Microsoft Graph v1.0. Accounts are named by object id only, never by an address. */
export function createGraphDirectory(settings: GraphSettings): Directory {
  const graph = createGraph(settings);
  return {
    findAccount: (account, signal) => findAccount(graph, account, signal),
    findDeletedAccount: (account, signal) => findDeletedAccount(graph, account, signal),
    hasDirectoryRole: (account, signal) => hasDirectoryRole(graph, account, signal),
    listSoleOwnerships: (account, signal) => listSoleOwnerships(graph, account, signal),
    countHoldings: (account, signal) => countHoldings(graph, account, signal),
    requestExport: (account, sasUrl, signal) => requestExport(graph, { account, sasUrl }, signal),
    exportProgress: (account, operationId, signal) => exportProgress(graph, { account, operationId }, signal),
    blockSignIn: (account, signal) => blockSignIn(graph, account, signal),
    revokeSessions: (account, signal) => revokeSessions(graph, account, signal),
    softDelete: (account, signal) => softDelete(graph, account, signal),
    purge: (account, signal) => purge(graph, account, signal),
  };
}

async function findAccount(graph: Graph, account: Account, signal: AbortSignal): Promise<DirectoryAccount | undefined> {
  const path = `/users/${account.objectId}${ACCOUNT_FIELDS}`;
  const found = toUser(account, await graph.call(account, { method: 'GET', path }, signal));
  if (typeof found?.deletedDateTime === 'string') throw odd('a deleted account is among the live ones');
  return found && toDirectoryAccount(found);
}

async function findDeletedAccount(
  graph: Graph,
  account: Account,
  signal: AbortSignal,
): Promise<DirectoryAccount | undefined> {
  const path = `/directory/deletedItems/${account.objectId}${ACCOUNT_FIELDS}`;
  const found = toUser(account, await graph.call(account, { method: 'GET', path }, signal));
  return found && toDirectoryAccount(found);
}

async function blockSignIn(graph: Graph, account: Account, signal: AbortSignal): Promise<'blocked' | 'absent'> {
  const body = { accountEnabled: false };
  const { kind } = await graph.call(account, { method: 'PATCH', path: `/users/${account.objectId}`, body }, signal);
  return kind === 'absent' ? 'absent' : 'blocked';
}

async function revokeSessions(graph: Graph, account: Account, signal: AbortSignal): Promise<'revoked' | 'absent'> {
  const path = `/users/${account.objectId}/revokeSignInSessions`;
  const { kind, answer } = await graph.call(account, { method: 'POST', path }, signal);
  if (kind === 'absent') return 'absent';
  // 204 says nothing more; 200 says in its body whether it was done.
  if (answer.status === 200) parseAs(z.object({ value: z.literal(true) }), parseJson(FAR_END, answer.body));
  return 'revoked';
}

async function softDelete(graph: Graph, account: Account, signal: AbortSignal): Promise<'deleted' | 'absent'> {
  const { kind } = await graph.call(account, { method: 'DELETE', path: `/users/${account.objectId}` }, signal);
  return kind === 'absent' ? 'absent' : 'deleted';
}

/** A directory may refuse to delete for good: hard-delete protection, or applications may not. That is an answer. */
async function purge(graph: Graph, account: Account, signal: AbortSignal): Promise<PurgeAnswer> {
  const path = `/directory/deletedItems/${account.objectId}`;
  try {
    const { kind } = await graph.call(account, { method: 'DELETE', path }, signal);
    return kind === 'absent' ? 'absent' : 'purged';
  } catch (error) {
    if (error instanceof AccessDeniedError || error instanceof RequestRefusedError) return 'refused';
    throw error;
  }
}

function toUser(account: Account, { kind, answer }: GraphAnswer): z.infer<typeof user> | undefined {
  if (kind === 'absent') return undefined;
  const found = parseAs(user, parseJson(FAR_END, answer.body));
  if (found.id.toLowerCase() !== account.objectId) throw odd('the account is another one');
  return found;
}

function toDirectoryAccount(found: z.infer<typeof user>): DirectoryAccount {
  const { userPrincipalName, accountEnabled, userType } = found;
  return {
    address: new Sensitive(userPrincipalName),
    isSignInBlocked: !accountEnabled,
    isGuest: userType === 'Guest' || userPrincipalName.toUpperCase().includes('#EXT#'),
  };
}
