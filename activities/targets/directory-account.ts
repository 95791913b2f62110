import type { EraseOutcome, FenceOutcome, Stopped, VerifyOutcome } from '../../workflows/contract/activities';
import type { PlannedItems, TargetPlan } from '../../workflows/contract/plan';
import type { Directory } from '../ports/directory';
import type { Erasure, ErasureTarget, Subject } from '../ports/erasure-target';
import { PurgeRefusedError, UnavailableError } from '../ports/faults';

/**
 * The account itself, always the last target. Fence: block sign-in, revoke sessions. Erase: delete to the deleted items,
 * then purge from there, which cannot be undone. Always by object id: the address may belong to somebody new by now.
 */
export function createDirectoryTarget(directory: Directory): ErasureTarget {
  return {
    name: 'directory',
    plan: (subject) => plan(directory, subject),
    fence: (erasure) => fence(directory, erasure),
    erase: (erasure) => erase(directory, erasure),
    verify: (subject) => verify(directory, subject),
  };
}

async function plan(directory: Directory, { account, signal }: Subject): Promise<TargetPlan> {
  const holdings = await directory.countHoldings(account, signal);
  const erases: PlannedItems[] = [
    { what: 'account', count: 1 },
    { what: 'memberships', count: holdings.memberships },
    { what: 'app-role-assignments', count: holdings.appRoleAssignments },
    { what: 'consents', count: holdings.consents },
  ];
  return {
    name: 'directory',
    erases: erases.filter(({ count }) => count > 0),
    retains: [
      { what: 'directory-audit-logs', basis: 'provider-audit-log' },
      { what: 'system-generated-logs', basis: 'provider-log-erasure-within-30-days' },
    ],
  };
}

async function fence(directory: Directory, { account, signal, recheck }: Erasure): Promise<FenceOutcome> {
  const beforeBlocking = await recheck();
  if (beforeBlocking !== undefined) return beforeBlocking;
  if ((await directory.blockSignIn(account, signal)) === 'absent') return gone([]);

  const beforeRevoking = await recheck();
  if (beforeRevoking !== undefined) return { ...beforeRevoking, done: ['block-sign-in'] };
  if ((await directory.revokeSessions(account, signal)) === 'absent') return gone(['block-sign-in']);
  return { kind: 'fenced' };
}

async function erase(directory: Directory, erasure: Erasure): Promise<EraseOutcome> {
  const { account, signal, recheck } = erasure;
  const beforeDeleting = await recheck();
  if (beforeDeleting !== undefined) return { ...beforeDeleting, done: await deletedByUs(directory, erasure) };
  const deletion = await directory.softDelete(account, signal);

  const beforePurging = await recheck();
  if (beforePurging !== undefined) return { ...beforePurging, done: ['soft-delete'] };
  return await purge(directory, erasure, deletion);
}

async function purge(directory: Directory, erasure: Erasure, deletion: 'deleted' | 'absent'): Promise<EraseOutcome> {
  switch (await directory.purge(erasure.account, erasure.signal)) {
    case 'purged':
      return { kind: 'erased', count: 1 };
    case 'refused':
      throw new PurgeRefusedError('directory');
    case 'absent':
      // Just deleted and already not in the deleted items: a read that lags, or somebody else's purge. The next attempt sees.
      if (deletion === 'deleted') throw new UnavailableError('directory');
      // Found nowhere: erased by an earlier attempt of ours, or gone without our doing.
      return erasure.isResumed ? { kind: 'erased', count: 1 } : gone([]);
  }
}

/** Two reads that both say "none" prove absence; nothing else does. */
async function verify(directory: Directory, { account, signal }: Subject): Promise<VerifyOutcome> {
  const live = await directory.findAccount(account, signal);
  const deleted = await directory.findDeletedAccount(account, signal);
  const count = [live, deleted].filter((found) => found !== undefined).length;
  return count === 0 ? { kind: 'absent' } : { kind: 'remains', count };
}

async function deletedByUs(directory: Directory, { account, signal, isResumed }: Erasure): Promise<readonly string[]> {
  const isDeleted = isResumed && (await directory.findDeletedAccount(account, signal)) !== undefined;
  return isDeleted ? ['soft-delete'] : [];
}

function gone(done: readonly string[]): Stopped {
  return { kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done };
}
