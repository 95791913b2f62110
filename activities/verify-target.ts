import { Context } from '@temporalio/activity';
import type { ClosureActivities, VerifyTargetInput } from '../workflows/contract/activities';
import { ageMs, attemptSignal } from './attempt';
import { NotYetError } from './not-yet';
import { targetNamed, type ErasureTargets } from './targets';

/** For so long after an erasure, reads of a replicated store may still find what is gone. */
const READS_LAG_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 30_000;

/**
 * Looks whether the target is empty, by reading, and believes it only after a second look when the quiet period is over.
 * What is found in the first ten minutes may be a read that lags: it is looked at again, not erased again. The quiet period
 * passes between two attempts, so it costs no history.
 */
export function createVerifyTarget(targets: ErasureTargets): ClosureActivities['verifyTarget'] {
  return async (input) => {
    const age = ageMs();
    const { closureId, account } = input;
    const found = await targetNamed(targets, input.target).verify({ closureId, account, signal: attemptSignal() });
    switch (found.kind) {
      case 'absent':
        if (isSecondLook(input, age)) return found;
        throw new NotYetError('SecondLookDue', Math.max(input.verifyAfterMs - age, 0));
      case 'remains':
        if (age >= READS_LAG_MS) return found;
        throw new NotYetError('SecondLookDue', Math.min(LOOK_AGAIN_MS, READS_LAG_MS - age));
      case 'unverifiable':
        return found;
    }
  };
}

/** Without a quiet period one look is enough: that is what setting it to nothing asks for. */
function isSecondLook({ verifyAfterMs }: VerifyTargetInput, age: number): boolean {
  return verifyAfterMs === 0 || (Context.current().info.attempt > 1 && age >= verifyAfterMs);
}
