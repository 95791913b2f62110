import type { Closure } from './closure';
import * as state from './closure-state';
import type { StopReport } from './contract/status';
import { rejectInterrupted } from './endings';
import { inOrder } from './in-order';
import { TargetErasure, type ConfirmedErasure } from './target-erasure';
import { whileOurs, type Halt, type Tell } from './while-ours';
import { whileWithdrawable } from './withdrawal';

/**
 * Carries out the confirmed plan: fence what can be fenced, erase every target in its order (the directory account is the
 * last), then read all of them again. Ends as `closed`, as `closedWithRetention` when something of ours stays, or as `stopped`
 * when it is no longer ours to do; a target that stays broken waits for an operator and is never skipped. Until the first
 * changing call the person may withdraw; when an ending was written before it, in a run that was reset, or what was promised no
 * longer holds when a step is tried again, nothing is changed and the closure goes on without an outcome: the person is asked again.
 */
export async function eraseEverywhere(closure: Closure, confirmed: ConfirmedErasure): Promise<void> {
  const targets = erasuresOf(closure, confirmed);
  const phases = [
    (tell: Tell) => inOrder(fencesOf(targets), ({ target }) => target.fence(tell), 1),
    (tell: Tell) => inOrder(targets, (target) => target.erase(tell)),
  ];
  for (const perform of phases) {
    // Where nothing has a fence, the first erasure is the first changing call.
    const ours = await whileWithdrawable(closure, async () => ({ halt: await whileOurs(perform) }));
    if (ours === undefined) return;
    if (ours.halt !== undefined) {
      await halted(closure, targets, ours.halt);
      return;
    }
  }
  closure.enter('verifying');
  const halt = await whileOurs((tell) => inOrder(independent(targets), ({ target }) => target.verify(tell)));
  if (halt !== undefined) await halted(closure, targets, halt);
  else
    closure.apply((status) =>
      state.closed(
        status,
        targets.some((target) => target.keepsSomething),
      ),
    );
}

/** The directory account comes after all others: with it gone, nobody could be asked any more whose data it was. */
function erasuresOf(closure: Closure, confirmed: ConfirmedErasure): readonly TargetErasure[] {
  const others = confirmed.targets.filter(({ kind }) => kind !== 'directory').map(({ name }) => name);
  return confirmed.targets.map((policy) => {
    const after = policy.kind === 'directory' ? others : policy.after;
    return new TargetErasure(closure, { ...policy, after }, confirmed);
  });
}

/** One after the other, the account first: without sign-in no new data comes into the other systems. */
function fencesOf(targets: readonly TargetErasure[]): readonly Independent[] {
  const rank = ({ policy }: TargetErasure): number => (policy.kind === 'directory' ? 0 : 1);
  const fenced = targets.filter(({ policy }) => policy.fences);
  return independent([...fenced].sort((one, other) => rank(one) - rank(other)));
}

/** A target for what needs no order. */
interface Independent {
  readonly name: string;
  readonly after: readonly [];
  readonly target: TargetErasure;
}

function independent(targets: readonly TargetErasure[]): readonly Independent[] {
  return targets.map((target) => ({ name: target.name, after: [], target }));
}

/** It is no longer ours to do. Before the first changing call that is a refusal, after it the closure has stopped. */
async function halted(closure: Closure, targets: readonly TargetErasure[], why: Halt): Promise<void> {
  // An ending of an earlier run forbids it, or it is another plan by now: the person is asked anew.
  if (why.kind !== 'stopped') return;
  if (why.isPastPointOfNoReturn || closure.status.pointOfNoReturnAt !== undefined) {
    closure.apply((status) => state.stopped(state.pastPointOfNoReturn(status, new Date()), why, stepsOfAll(targets)));
  } else {
    await rejectInterrupted(closure, why.reason);
  }
}

function stepsOfAll(targets: readonly TargetErasure[]): Pick<StopReport, 'done' | 'notDone'> {
  const all = targets.map((target) => target.steps);
  return { done: all.flatMap(({ done }) => done), notDone: all.flatMap(({ notDone }) => notDone) };
}
