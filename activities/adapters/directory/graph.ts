import { z } from 'zod';
import type { Account } from '../../../workflows/contract/account';
import type { AccountLook, Directory, DirectoryAccount, PurgeAnswer } from '../../ports/directory';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  PurgeRefusedError,
  RequestRefusedError,
  type FaultAt,
} from '../../ports/faults';
import { Sensitive } from '../../ports/sensitive';
import { parseJson } from '../http';
import { isObjectAbsent } from './graph-errors';
import { exportProgress, requestExport } from './graph-export';
import { countHoldings, hasDirectoryRole, listSoleOwnerships } from './graph-holdings';
import { createGraph, parseAs, type Graph, type GraphAnswer, type GraphCall, type GraphSettings } from './graph-http';
import { farEndDigest, missingRight, proveTenant } from './tenant-proof';

const ACCOUNT_FIELDS = '?$select=id,userPrincipalName,accountEnabled,userType,deletedDateTime';

const user = z.object({
  id: z.string(),
  userPrincipalName: z.string().regex(/@/),
  accountEnabled: z.boolean(),
  userType: z.string().nullish(),
  deletedDateTime: z.string().nullish(),
});
type User = z.infer<typeof user>;

/** A directory behind Microsoft Graph v1.0. Accounts are named by object id only, never by an address. */
export function createGraphDirectory(settings: GraphSettings): Directory {
  const graph = createGraph(settings);
  return {
    reachedThrough: farEndDigest(settings.graphUrl),
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

/** Where to look for the account. */
interface Look {
  readonly operation: 'directory.find-account' | 'directory.find-deleted-account';
  readonly path: string;
}

async function findAccount(graph: Graph, account: Account, signal: AbortSignal): Promise<AccountLook> {
  const path = `/users/${account.objectId}${ACCOUNT_FIELDS}`;
  return look(graph, { account, signal, operation: 'directory.find-account', path });
}

async function findDeletedAccount(graph: Graph, account: Account, signal: AbortSignal): Promise<AccountLook> {
  const path = `/directory/deletedItems/${account.objectId}${ACCOUNT_FIELDS}`;
  return look(graph, { account, signal, operation: 'directory.find-deleted-account', path });
}

/** Absence is answered only with the proof of whose directory says so, got with the very token of the look. */
async function look(
  graph: Graph,
  { account, signal, ...call }: Look & { readonly account: Account; readonly signal: AbortSignal },
): Promise<AccountLook> {
  try {
    return await graph.withOneToken(account, signal, async (session) => {
      const looked = await session.call({ ...call, method: 'GET', success: [200], negative: isObjectAbsent });
      if (looked.kind === 'negative') return { kind: 'absent', provenBy: await proveTenant(session, account) };
      const found = toUser(account, looked);
      if (call.operation === 'directory.find-account') assertLive(looked.at, found);
      return { kind: 'found', ...toDirectoryAccount(found) };
    });
  } catch (error) {
    throw missingRight(error);
  }
}

async function blockSignIn(graph: Graph, account: Account, signal: AbortSignal): Promise<'blocked' | 'absent'> {
  const path = `/users/${account.objectId}`;
  const body = { accountEnabled: false };
  const call = { operation: 'directory.block-sign-in', method: 'PATCH', path, body, success: [204] } as const;
  return (await change(graph, { account, call }, signal)) === undefined ? 'absent' : 'blocked';
}

async function revokeSessions(graph: Graph, account: Account, signal: AbortSignal): Promise<'revoked' | 'absent'> {
  const path = `/users/${account.objectId}/revokeSignInSessions`;
  const call = { operation: 'directory.revoke-sessions', method: 'POST', path, success: [200, 204] } as const;
  const done = await change(graph, { account, call }, signal);
  if (done === undefined) return 'absent';
  // 204 says nothing more; 200 says in its body whether it was done.
  const { answer, at } = done;
  if (answer.status === 200) parseAs(at, z.object({ value: z.literal(true) }), parseJson(at, answer.body));
  return 'revoked';
}

async function softDelete(graph: Graph, account: Account, signal: AbortSignal): Promise<'deleted' | 'absent'> {
  const path = `/users/${account.objectId}`;
  const call = { operation: 'directory.soft-delete', method: 'DELETE', path, success: [204] } as const;
  return (await change(graph, { account, call }, signal)) === undefined ? 'absent' : 'deleted';
}

async function purge(graph: Graph, account: Account, signal: AbortSignal): Promise<PurgeAnswer> {
  const path = `/directory/deletedItems/${account.objectId}`;
  const call = { operation: 'directory.purge', method: 'DELETE', path, success: [204] } as const;
  try {
    return (await change(graph, { account, call }, signal)) === undefined ? 'absent' : 'purged';
  } catch (error) {
    // Hard-delete protection, or not for applications: a refusal of this call has a reason of its own.
    const isRefused = error instanceof AccessDeniedError || error instanceof RequestRefusedError;
    throw isRefused ? new PurgeRefusedError({ farEnd: error.farEnd, ...error.detail }) : error;
  }
}

/** A changing call on the account itself; `undefined`: the directory says that there is no such object. */
async function change(
  graph: Graph,
  { account, call }: { readonly account: Account; readonly call: Omit<GraphCall, 'negative'> },
  signal: AbortSignal,
): Promise<GraphAnswer | undefined> {
  const answered = await graph.call(account, { ...call, negative: isObjectAbsent }, signal);
  return answered.kind === 'done' ? answered : undefined;
}

function toUser(account: Account, { answer, at }: GraphAnswer): User {
  const found = parseAs(at, user, parseJson(at, answer.body));
  if (found.id.toLowerCase() === account.objectId) return found;
  throw new IndeterminateAnswerError(at, 'the account is another one');
}

function assertLive(at: FaultAt, { deletedDateTime }: User): void {
  if (typeof deletedDateTime !== 'string') return;
  throw new IndeterminateAnswerError(at, 'a deleted account is among the live ones');
}

function toDirectoryAccount({ userPrincipalName, accountEnabled, userType }: User): DirectoryAccount {
  return {
    address: new Sensitive(userPrincipalName),
    isSignInBlocked: !accountEnabled,
    isGuest: userType === 'Guest' || userPrincipalName.toUpperCase().includes('#EXT#'),
  };
}
