import { openIdentifiers } from './identifiers';
import type { Implementation } from './implementation';
import type { Kept } from './ports/erasure-target';
import type { IdentifierVault } from './ports/identifier-vault';
import { NotYetError } from './ports/step-faults';
import { believe, type Sighting } from './sightings';
import { promisedTarget, type Targets } from './targets';

/** The question that every look answers. */
const TARGET = 'target';

/**
 * Looks whether the target is empty, by reading, and believes it only after a second look when the quiet period is over.
 * What is found may be a read that lags: it is looked at again, not erased again, for as long as reads may lag. The quiet
 * period passes between two attempts, so it costs no history.
 */
export function createVerifyTarget(vault: IdentifierVault, targets: Targets): Implementation<'verifyTarget'> {
  return async (input, { attempt }) => {
    const { closureId, firstRunId, account, target, planRound, subject, retains, verifyAfterMs } = input;
    const { signal } = attempt;
    const kept = (): Promise<Kept> =>
      openIdentifiers(vault, { closureId, firstRunId, round: planRound, target, subject }, signal);
    const found = await promisedTarget(targets, input).for(input).verify({ closureId, account, kept, retains, signal });
    switch (found.kind) {
      case 'absent':
        awaitSecondLook(attempt.sighted(TARGET, 'absent'), verifyAfterMs);
        return found;
      case 'remains':
        believe(attempt, TARGET, 'remains');
        return found;
      case 'unverifiable':
        return found;
    }
  };
}

/** Without a quiet period one look is enough: that is what setting it to nothing asks for. */
function awaitSecondLook({ forMs, times }: Sighting, verifyAfterMs: number): void {
  if (verifyAfterMs === 0 || (times > 1 && forMs >= verifyAfterMs)) return;
  throw new NotYetError('SecondLookDue', verifyAfterMs - forMs);
}
