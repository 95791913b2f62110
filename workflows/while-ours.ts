import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { NotOurs } from './contract/target-outcomes';

/** It is no longer ours to do, or no longer what the person said yes to. */
export type Halt = NotOurs | { readonly kind: 'no-longer-promised' };

/** Says that it must not go on: everything else that is under way ends, too. */
export type Tell = (why: Halt) => void;

/**
 * Does the work of all targets, for as long as it is ours to do. The first that tells otherwise ends all the others: each
 * finishes the call that is under way and says what it has done. Answers why, once all have settled; nothing when all was done.
 */
export async function whileOurs(perform: (tell: Tell) => Promise<void>): Promise<Halt | undefined> {
  const scope = new CancellationScope({ cancellable: true });
  const told: Halt[] = [];
  try {
    await scope.run(() =>
      perform((why) => {
        told.push(why);
        scope.cancel();
      }),
    );
  } catch (fault) {
    // Anything else has another cause: a cancellation from outside, or a defect of ours.
    if (told.length === 0 || !isCancellation(fault)) throw fault;
  }
  return told[0];
}
