import type { TargetInput } from '../workflows/contract/activities';
import type { Ending } from '../workflows/contract/decisions';
import type { Attempt } from './attempt';
import { behindMark, newCall } from './marks';
import type { AuditEntry, AuditLog, EffectKey } from './ports/audit-log';
import type { Erasure } from './ports/erasure-target';
import { isRefusedUnchanged } from './ports/faults';
import type { Passage, Turns } from './ports/turns';

/** The closure was ended before this effect changed anything: it changes nothing. */
export class EndedBeforeError extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super('The closure was ended before anything was changed.');
    this.name = 'EndedBeforeError';
    this.ending = ending;
  }
}

/** Where changing calls leave their traces. */
interface Traces {
  readonly auditLog: AuditLog;
  readonly turns: Turns;
}

/** One effect on a target, as one attempt of it carries it out. */
interface UnderWay {
  readonly input: TargetInput;
  readonly step: 'fence' | 'erase';
  readonly attempt: Attempt;
  /** Every entry that is written. */
  readonly onEntry: (entry: AuditEntry) => void;
}

/** Taking back a passage does not wait for long: the next attempt finds it passed, which is the safe side. */
const REOPENING_MS = 5_000;

/**
 * The one home of calls that change a target. Each passes the point of no return first, so that none is made after an ending;
 * leaves a mark immediately before, without which nothing would be known to be our doing; and an answer after, or a refusal
 * when the far end itself said that the call changed nothing.
 *
 * A passage is taken back only by the attempt that made it, only when nothing was under way before it, and only when the
 * far end itself said that the call changed nothing. Whatever is unknown stays passed.
 */
export function createChange(traces: Traces, { input, step, attempt, onEntry }: UnderWay): Erasure['change'] {
  const { closureId, firstRunId, target, round, planDigest } = input;
  const key: EffectKey = { closureId, firstRunId, target, step, round };
  const passage: Passage = { closureId, firstRunId, planDigest, attemptId: attempt.id, knownTurn: input.turn };
  let mayHaveChanged = false;

  const trace = async (kind: 'mark' | 'answer', occasion: string): Promise<AuditEntry> => {
    const { entry } = await traces.auditLog.append({ ...key, kind, occasion, planDigest }, attempt.signal);
    onEntry(entry);
    return entry;
  };
  const send = async <T>(part: string, call: () => Promise<T>): Promise<T> => {
    const isFirst = !mayHaveChanged;
    try {
      const mark = await trace('mark', newCall(part));
      attempt.signal.throwIfAborted();
      mayHaveChanged = true;
      return await behindMark({ auditLog: traces.auditLog, onEntry }, mark, call);
    } catch (fault) {
      if (isFirst && mayHaveChanged && isRefusedUnchanged(fault)) mayHaveChanged = false;
      if (!mayHaveChanged) await reopen(traces.turns, passage);
      throw fault;
    }
  };

  return async (part, call) => {
    const passed = await traces.turns.pass(passage, attempt.signal);
    if (passed.kind === 'ended') throw new EndedBeforeError(passed.ending);
    const answer = await send(part, call);
    if (answer !== 'absent') await trace('answer', part);
    return answer;
  };
}

async function reopen(turns: Turns, passage: Passage): Promise<void> {
  // The attempt's own signal may be aborted: a cancelled attempt that has changed nothing opens the way back, too.
  const signal = AbortSignal.timeout(REOPENING_MS);
  await turns.reopen(passage, signal).catch(() => undefined);
}
