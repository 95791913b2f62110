import type { EndedBefore, Stopped, TargetInput } from '../workflows/contract/activities';
import type { Attempt } from './attempt';
import { createChange, EndedBeforeError } from './changes';
import { recheckTenant, type EligibilitySources } from './eligibility';
import type { Implementation } from './implementation';
import { ownDoing } from './own-doing';
import type { AuditLog } from './ports/audit-log';
import type { Erasure, NoLongerOurs } from './ports/erasure-target';
import { NotYetError } from './ports/step-faults';
import type { Turns } from './ports/turns';
import { believe, settlingMs } from './sightings';
import { targetNamed, type ErasureTargets } from './targets';

/** What erasures need besides the targets themselves. */
export interface ErasureSources extends EligibilitySources {
  readonly auditLog: AuditLog;
  readonly turns: Turns;
}

/** Keeps new data from coming into the target. `unsupported` when the target has no fence. */
export function createFenceTarget(sources: ErasureSources, targets: ErasureTargets): Implementation<'fenceTarget'> {
  return async (input, { attempt }) => {
    const { fence } = targetNamed(targets, input.target);
    if (fence === undefined) return { kind: 'unsupported' };
    const erasure = await erasureOf(sources, { input, step: 'fence', attempt });
    return await concluded(sources, { input, step: 'fence', attempt }, () => fence(erasure));
  };
}

/** Erases the target. */
export function createEraseTarget(sources: ErasureSources, targets: ErasureTargets): Implementation<'eraseTarget'> {
  return async (input, { attempt }) => {
    const erasure = await erasureOf(sources, { input, step: 'erase', attempt });
    return await concluded(sources, { input, step: 'erase', attempt }, () =>
      targetNamed(targets, input.target).erase(erasure),
    );
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

async function erasureOf(sources: ErasureSources, { input, step, attempt }: UnderWay): Promise<Erasure> {
  const { closureId, firstRunId, account, target, round, reachedThrough } = input;
  const { signal } = attempt;
  const entries = [...(await sources.auditLog.list(closureId, signal))];
  const onEntry = (entry: (typeof entries)[number]): void => {
    entries.push(entry);
  };
  return {
    closureId,
    account,
    signal,
    reachedThrough,
    own: ownDoing(entries, { firstRunId, target, step, round }),
    recheck: () => recheckTenant(sources, { account, reachedThrough, signal }),
    change: createChange(sources, { input, step, attempt, onEntry }),
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
