import type { EraseOutcome, FenceOutcome, VerifyOutcome } from '../../workflows/contract/target-outcomes';
import { recheckTenant, signInOf, type TakenOver, type TenantSources } from './takeover';
import type { Confirmed, Erasure, ErasureTarget, Holdings, NoLongerOurs, Subject, Told } from '../ports/erasure-target';
import { StepNeedsOperatorError } from '../ports/step-faults';
import { lookFor, type Whereabouts } from '../ports/whereabouts';

/** The changing calls, as the audit log and a stop report name them. */
const BLOCK = 'block-sign-in';
const REVOKE = 'revoke-sessions';
const DELETE = 'soft-delete';
const PURGE = 'purge';

type Live = Extract<Whereabouts, { readonly kind: 'live' }>;

/** The question under which looks at the account are counted: each look has one answer to it. */
const ACCOUNT = 'account';

/** Where the account is, and through which far end this closure has read it alive before. */
export interface DirectorySources extends TenantSources {
  /** See `ClosurePolicy.reachedThrough`; absent before the first such look. */
  readonly reachedThrough: string | undefined;
}

/** The account as one closure sees it. */
interface Sources extends DirectorySources {
  /** Is this still ours to do, and where is the account? Asked before *each* changing call. */
  readonly recheck: (subject: Subject) => Promise<Whereabouts | TakenOver>;
}

/**
 * The account itself, always the last target. Fence: block sign-in, revoke sessions. Erase: delete to the deleted items,
 * then purge from there, which cannot be undone. Always by object id: the address may belong to somebody new by now.
 */
export function createDirectoryTarget(given: DirectorySources): ErasureTarget {
  const { reachedThrough } = given;
  const sources: Sources = {
    ...given,
    recheck: ({ account, signal }) => recheckTenant(given, { account, reachedThrough, signal }),
  };
  return {
    plan: (subject) => plan(sources, subject),
    fence: (erasure) => fence(sources, erasure),
    erase: (erasure) => erase(sources, erasure),
    verify: (subject) => verify(sources, subject),
  };
}

async function plan({ directory }: Sources, { account, signal }: Subject): Promise<Holdings> {
  const holdings = await directory.countHoldings(account, signal);
  // Every kind, also what there is none of yet: it may come while the person thinks, and goes with the account.
  const erased = (what: string, count: number) => ({ what, action: 'delete', count }) as const;
  return {
    erases: [
      erased('account', 1),
      erased('memberships', holdings.memberships),
      erased('app-role-assignments', holdings.appRoleAssignments),
      erased('consents', holdings.consents),
      // What is owned stays; that it was owned by this account goes.
      erased('ownerships', holdings.ownedObjects),
    ],
    retains: [],
    keptByProvider: [
      { what: 'directory-audit-logs', basis: 'provider-audit-log' },
      { what: 'system-generated-logs', basis: 'provider-log-erasure-within-30-days' },
    ],
  };
}

async function fence({ directory, recheck }: Sources, erasure: Erasure): Promise<Told<FenceOutcome>> {
  const { account, signal, own } = erasure;
  // Sessions are revoked only of an account that was read as blocked.
  if (own.hasDoneNow(REVOKE)) return { kind: 'fenced' };
  const before = await recheck(erasure);
  const ended = fencedOrStopped(erasure, before);
  if (ended !== undefined) return ended;
  if (!own.hasDoneNow(BLOCK)) {
    lookAgainWhenAbsent(erasure, await erasure.change(BLOCK, () => directory.blockSignIn(account, signal)));
  }

  // Read back: the account must not be able to sign in before its sessions end.
  const blocked = await recheck(erasure);
  const endedMeanwhile = fencedOrStopped(erasure, blocked);
  if (endedMeanwhile !== undefined) return endedMeanwhile;
  lookAgainWhenAbsent(erasure, await erasure.change(REVOKE, () => directory.revokeSessions(account, signal)));
  return { kind: 'fenced' };
}

/** What there is to say without changing anything; nothing while the account lives and is still to be fenced. */
function fencedOrStopped(erasure: Erasure, where: Whereabouts | TakenOver): Told<FenceOutcome> | undefined {
  switch (where.kind) {
    case 'taken-over':
      return stopped(erasure, where, [BLOCK, REVOKE]);
    case 'nowhere':
      erasure.believe(ACCOUNT, 'nowhere');
      // What we have deleted ourselves cannot sign in: the erasure judges it.
      return isOurErasure(erasure) ? { kind: 'fenced' } : gone(erasure, [BLOCK, REVOKE]);
    case 'deleted':
      // Deleted by somebody else meanwhile: it cannot sign in, and is still ours to erase.
      return { kind: isOurErasure(erasure) ? 'fenced' : 'needless' };
    case 'live':
      assertStaysBlocked(erasure, where, erasure.own.hasDoneNow(BLOCK));
      return undefined;
  }
}

async function erase(sources: Sources, erasure: Erasure): Promise<Told<EraseOutcome>> {
  if (erasure.own.hasDoneNow(PURGE)) return erased(erasure);
  const before = await sources.recheck(erasure);
  switch (before.kind) {
    case 'taken-over':
      return stopped(erasure, before, [DELETE]);
    case 'nowhere':
      return absent(erasure);
    case 'live':
      assertNotRestored(erasure, before);
      return await deleteThenPurge(sources, erasure);
    case 'deleted':
      return await purge(sources, erasure);
  }
}

async function deleteThenPurge(sources: Sources, erasure: Erasure): Promise<Told<EraseOutcome>> {
  const { directory, recheck } = sources;
  const { account, signal } = erasure;
  lookAgainWhenAbsent(erasure, await erasure.change(DELETE, () => directory.softDelete(account, signal)));
  const before = await recheck(erasure);
  switch (before.kind) {
    case 'taken-over':
      return stopped(erasure, before, [DELETE]);
    case 'nowhere':
      // Not in the deleted items yet: a read that lags, and nothing is purged unseen.
      return absent(erasure);
    case 'live':
      throw restored(erasure);
    case 'deleted':
      return await purge(sources, erasure);
  }
}

async function purge({ directory }: Sources, erasure: Erasure): Promise<Told<EraseOutcome>> {
  erasure.notice(ACCOUNT, 'deleted');
  const { account, signal } = erasure;
  lookAgainWhenAbsent(erasure, await erasure.change(PURGE, () => directory.purge(account, signal)));
  return erased(erasure);
}

/** An account is counted once, however often it has to be erased. */
function erased({ own }: Erasure): Told<EraseOutcome> {
  return { kind: 'erased', count: own.isCounted ? 0 : 1, retained: [] };
}

/** Found nowhere for as long as reads may lag: our own doing when a call of ours was sent, and otherwise somebody else's. */
function absent(erasure: Erasure): Told<EraseOutcome> {
  erasure.believe(ACCOUNT, 'nowhere');
  return isOurErasure(erasure) ? erased(erasure) : gone(erasure, []);
}

function isOurErasure({ own }: Erasure): boolean {
  return own.hasSent(DELETE) || own.hasSent(PURGE);
}

function gone({ own }: Erasure, parts: readonly string[]): NoLongerOurs {
  return { kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done: parts.filter(own.hasDone) };
}

/** Nothing more is written from the first sight on; what it means for the closure is believed when it has settled. */
function stopped({ own, believe }: Erasure, taken: TakenOver, parts: readonly string[]): NoLongerOurs {
  const { reason, where } = taken;
  believe(ACCOUNT, `taken over: ${reason}`);
  const signIn = signInOf(taken);
  // What is seen now counts: an answer may have been lost, and somebody may have taken back what was done.
  const isSeen = (part: string): boolean => (part === BLOCK ? signIn === 'blocked' : where.kind === 'deleted');
  const done = parts.filter((part) => (part === REVOKE ? own.hasDone(part) : own.hasSent(part) && isSeen(part)));
  return { kind: 'stopped', reason, signIn, done };
}

/**
 * What was just read is not found by the write: one of the two lags, or somebody else is at work. The next attempt begins
 * with reading.
 */
function lookAgainWhenAbsent(erasure: Erasure, answer: string): void {
  if (answer === 'absent') erasure.lookAgain();
}

/**
 * Live again after our deletion is somebody's doing, and theirs to explain; so is a sign-in that works again after our fence.
 * @throws StepNeedsOperatorError when it stays so for as long as reads may lag
 */
function assertNotRestored(erasure: Erasure, live: Live): void {
  const { own } = erasure;
  if (own.hasDoneSinceFence(DELETE) || own.hasDoneSinceFence(PURGE)) throw restored(erasure);
  assertStaysBlocked(erasure, live, own.isFenced);
}

function restored({ believe }: Erasure): StepNeedsOperatorError {
  believe(ACCOUNT, 'restored');
  return new StepNeedsOperatorError('AccountRestored');
}

function assertStaysBlocked({ notice, believe }: Erasure, { isSignInBlocked }: Live, isFenced: boolean): void {
  if (!isFenced || isSignInBlocked) {
    notice(ACCOUNT, 'live');
    return;
  }
  believe(ACCOUNT, 'enabled');
  throw new StepNeedsOperatorError('AccountReenabled');
}

/** Absent only by the directory that is proven to be the one that would know. */
async function verify({ directory, reachedThrough }: Sources, { account, signal }: Confirmed): Promise<VerifyOutcome> {
  const { whereabouts } = await lookFor(directory, { account, reachedThrough, signal });
  return whereabouts.kind === 'nowhere' ? { kind: 'absent', grade: 're-read' } : { kind: 'remains', count: 1 };
}
