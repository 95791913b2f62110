import type { TargetInput } from '../workflows/contract/activities';
import type { EndedBefore, Stopped } from '../workflows/contract/target-outcomes';
import type { Attempt } from './attempt';
import { createChange, EndedBeforeError } from './changes';
import type { TenantSources } from './targets/takeover';
import { openIdentifiers } from './identifiers';
import type { Implementation } from './implementation';
import { entriesAmong } from './history-entries';
import { standingMarks } from './marks';
import { ownDoing } from './own-doing';
import { createOwnership } from './ownership';
import type { AuditEntry, AuditLog } from './ports/audit-log';
import type { Erasure, NoLongerOurs } from './ports/erasure-target';
import type { IdentifierVault } from './ports/identifier-vault';
import { NotYetError } from './ports/step-faults';
import type { Turns } from './ports/turns';
import { believe, settlingMs } from './sightings';
import { promisedTarget, type Targets } from './targets';

/** What erasures need besides the targets themselves. */
export interface ErasureSources extends TenantSources {
  readonly auditLog: AuditLog;
  readonly turns: Turns;
  readonly vault: IdentifierVault;
}

/** Keeps new data from coming into the target. Scheduled for targets that can do that. */
export function createFenceTarget(sources: ErasureSources, targets: Targets): Implementation<'fenceTarget'> {
  return async (input, { attempt }) => {
    const { fence } = promisedTarget(targets, input).for(input);
    if (fence === undefined) throw new TypeError('a fence is scheduled only for a target that has one');
    const underWay = { input, step: 'fence', attempt } as const;
    const erasure = await erasureOf(sources, targets, underWay);
    return await concluded(sources, underWay, () => fence(erasure));
  };
}

/** Erases the target. */
export function createEraseTarget(sources: ErasureSources, targets: Targets): Implementation<'eraseTarget'> {
  return async (input, { attempt }) => {
    const target = promisedTarget(targets, input).for(input);
    const underWay = { input, step: 'erase', attempt } as const;
    const erasure = await erasureOf(sources, targets, underWay);
    return await concluded(sources, underWay, () => target.erase(erasure));
  };
}

/** What became of the effect: nothing when the closure was ended before it, and when it stopped, on which side of the point. */
async function concluded<T extends { readonly kind: string }>(
  { turns }: ErasureSources,
  { input, attempt }: UnderWay,
  perform: () => Promise<T | NoLongerOurs>,
): Promise<T | Stopped | EndedBefore> {
  try {
    const told = await perform();
    if (!isNoLongerOurs(told)) return told;
    return { ...told, isPastPointOfNoReturn: (await turns.last(input, attempt.signal))?.kind === 'erase' };
  } catch (fault) {
    if (fault instanceof EndedBeforeError) return { kind: 'ended-before', ending: fault.ending };
    throw fault;
  }
}

function isNoLongerOurs(told: { readonly kind: string }): told is NoLongerOurs {
  return told.kind === 'stopped';
}

interface UnderWay {
  readonly input: TargetInput;
  readonly step: 'fence' | 'erase';
  readonly attempt: Attempt;
}

async function erasureOf(sources: ErasureSources, targets: Targets, underWay: UnderWay): Promise<Erasure> {
  const { input, step, attempt } = underWay;
  const { closureId, firstRunId, account, target, round, reachedThrough } = input;
  const { signal } = attempt;
  const entries = [...(await sources.auditLog.list(closureId, signal))];
  const ofAccount = { firstRunId, target: targets.directoryName, step: 'erase' };
  const hasErasedAccount = (): boolean => standingMarks(entriesAmong(entries, ofAccount)).length > 0;
  return {
    closureId,
    firstRunId,
    account,
    target,
    round,
    signal,
    retains: input.retains,
    own: ownDoing(entries, { firstRunId, target, step, round }),
    kept: () => openIdentifiers(sources.vault, input, signal),
    noLongerOurs: createOwnership(sources, { closureId, account, signal, reachedThrough, hasErasedAccount }, attempt),
    change: createChange(sources, { input, step, attempt, onEntry: (entry: AuditEntry) => void entries.push(entry) }),
    ...judgementsOf(attempt),
  };
}

function judgementsOf(
  attempt: Attempt,
): Pick<Erasure, 'isCancelled' | 'keptWork' | 'keepWork' | 'notice' | 'believe' | 'lookAgain'> {
  return {
    isCancelled: attempt.isCancelled,
    keptWork: attempt.keptWork,
    keepWork: attempt.keepWork,
    notice: (question, seen) => {
      attempt.sighted(question, seen);
    },
    believe: (question, seen) => {
      believe(attempt, question, seen);
    },
    lookAgain: () => {
      throw new NotYetError('ReadsUnsettled', settlingMs(attempt.readsLagMs));
    },
  };
}
