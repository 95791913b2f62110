import type { EraseOutcome, FenceOutcome, Stopped, VerifyOutcome } from '../../workflows/contract/activities';
import type { PlannedItems, TargetPlan } from '../../workflows/contract/plan';
import type { Directory } from '../ports/directory';
import type { Erasure, ErasureTarget, Subject } from '../ports/erasure-target';
import { PurgeRefusedError, UnavailableError } from '../ports/faults';

/** Reads of the directory may lag by so long after a change. */
const READS_LAG_MS = 10 * 60_000;

/** A delete that was answered by nobody shows at the next look, or shortly after. */
const ANSWER_LOST_MS = 10_000;

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

async function fence(directory: Directory, erasure: Erasure): Promise<FenceOutcome> {
  const { account, signal, recheck, isResumed } = erasure;
  const before = await recheck();
  if (before.kind === 'stopped')
    return { ...before, done: isResumed && before.signIn === 'blocked' ? ['block-sign-in'] : [] };
  if (before.kind === 'nowhere') return goneWhenSettled(erasure);
  // Deleted by somebody else meanwhile: it cannot sign in, and is still ours to erase.
  if (before.kind === 'deleted') return { kind: 'fenced' };
  assertFound(await directory.blockSignIn(account, signal));

  const beforeRevoking = await recheck();
  if (beforeRevoking.kind === 'stopped') return { ...beforeRevoking, done: ['block-sign-in'] };
  assertFound(await directory.revokeSessions(account, signal));
  return { kind: 'fenced' };
}

async function erase(directory: Directory, erasure: Erasure): Promise<EraseOutcome> {
  const before = await erasure.recheck();
  switch (before.kind) {
    case 'stopped':
      return { ...before, done: await deletedBefore(directory, erasure) };
    case 'nowhere':
      return erasedWhenSettled(erasure);
    case 'live':
      assertFound(await directory.softDelete(erasure.account, erasure.signal));
      return await purgeAfterDelete(directory, erasure);
    case 'deleted':
      return await purge(directory, erasure);
  }
}

async function purgeAfterDelete(directory: Directory, erasure: Erasure): Promise<EraseOutcome> {
  const before = await erasure.recheck();
  if (before.kind === 'stopped') return { ...before, done: ['soft-delete'] };
  // Not in the deleted items yet: a read that lags, and nothing is purged unseen.
  if (before.kind === 'nowhere') throw new UnavailableError('directory');
  return await purge(directory, erasure);
}

async function purge(directory: Directory, { account, signal }: Erasure): Promise<EraseOutcome> {
  const answer = await directory.purge(account, signal);
  if (answer === 'refused') throw new PurgeRefusedError('directory');
  assertFound(answer);
  return { kind: 'erased', count: 1 };
}

/**
 * What was just read is not found by the write: one of the two lags, or somebody else is at work. The next attempt begins
 * with reading.
 * @throws UnavailableError
 */
function assertFound(answer: string): void {
  if (answer === 'absent') throw new UnavailableError('directory');
}

/** A fence deletes nothing: an account that stays away is gone without our doing. */
function goneWhenSettled({ triedForMs }: Erasure): Stopped {
  if (triedForMs < READS_LAG_MS) throw new UnavailableError('directory');
  return { kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done: [] };
}

/**
 * Found nowhere once an attempt of ours had begun: erased by it, its answer was lost. Whether it is really gone is judged by
 * the verification, after the time that reads may lag; a later round that finds nothing adds nothing.
 */
function erasedWhenSettled({ isResumed, round, triedForMs }: Erasure): EraseOutcome {
  if (!isResumed || triedForMs < ANSWER_LOST_MS) throw new UnavailableError('directory');
  return round > 1 ? { kind: 'absent' } : { kind: 'erased', count: 1 };
}

/** Two reads that both say "none" prove absence; nothing else does. */
async function verify(directory: Directory, { account, signal }: Subject): Promise<VerifyOutcome> {
  const live = await directory.findAccount(account, signal);
  const deleted = await directory.findDeletedAccount(account, signal);
  const count = [live, deleted].filter((found) => found !== undefined).length;
  return count === 0 ? { kind: 'absent' } : { kind: 'remains', count };
}

async function deletedBefore(
  directory: Directory,
  { account, signal, isResumed }: Erasure,
): Promise<readonly string[]> {
  const isDeletedByUs = isResumed && (await directory.findDeletedAccount(account, signal)) !== undefined;
  return isDeletedByUs ? ['soft-delete'] : [];
}
