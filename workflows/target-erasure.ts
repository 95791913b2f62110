import { ApplicationFailure } from '@temporalio/workflow';
import { eraseTarget, fenceTarget, verifyTargetWithin } from './activity-proxies';
import { assertDecoded, trouble } from './attention';
import type { Closure } from './closure';
import * as state from './closure-state';
import type {
  ClosureRef,
  EraseOutcome,
  FenceOutcome,
  ShownPlan,
  TargetInput,
  VerifyOutcome,
} from './contract/activities';
import type { RejectionReason, StopReason } from './contract/eligibility';
import type { FailureType } from './contract/failures';
import type { ClosurePolicy } from './contract/policy';
import type { TargetState } from './contract/status';
import type { TargetName } from './contract/targets';
import { reject } from './endings';
import { needsOperator, step } from './steps';

/** What the person said yes to, and the rules by which it is carried out. */
export interface ConfirmedErasure extends ShownPlan {
  readonly policy: ClosurePolicy;
}

/** Whether to go on with what comes next; `over`: the closure has ended, or must ask again. */
export type Progress = 'done' | 'over';

/** How often a target is erased again by itself before somebody has to look. */
const ROUNDS_AT_ONCE = 3;

/** Somebody took back what we had done: an operator's retry is the decision to do it again, beginning with the fence. */
const INTERVENTIONS: readonly FailureType[] = ['AccountRestored', 'AccountReenabled'];

/** One target on its way through the erasure. */
export class TargetErasure {
  readonly #closure: Closure;
  readonly #name: TargetName;
  readonly #confirmed: ConfirmedErasure;
  /** Which erasure of this target it is, from 1. Counted here and nowhere else. */
  #round = 1;
  /** How often it was erased, also when the round was raised for another reason. */
  #erasures = 0;
  #isFenceDue = false;

  constructor(closure: Closure, name: TargetName, confirmed: ConfirmedErasure) {
    this.#closure = closure;
    this.#name = name;
    this.#confirmed = confirmed;
  }

  /** Keeps new data from coming in; its first changing call is the point of no return. */
  async fence(): Promise<Progress> {
    const outcome = await this.#step(
      (input) => fenceTarget(input),
      (fault) => {
        this.#parked(fault);
      },
    );
    if (outcome.kind === 'stopped' || outcome.kind === 'ended-before') return await this.#interrupted(outcome);
    this.#fenced(outcome.kind);
    return 'done';
  }

  /** Erases what the plan says; a fence that somebody took down is put up again before. */
  async erase(): Promise<Progress> {
    const outcome = await this.#step(
      async (input) => {
        const fenced = this.#isFenceDue ? assertDecoded(await fenceTarget(input)) : undefined;
        if (fenced?.kind === 'stopped' || fenced?.kind === 'ended-before') return fenced;
        if (fenced !== undefined) this.#fenced(fenced.kind);
        return conclusive(await eraseTarget(input));
      },
      (fault) => {
        this.#parked(fault);
      },
    );
    if (outcome.kind === 'stopped' || outcome.kind === 'ended-before') return await this.#interrupted(outcome);
    this.#erased(outcome.kind === 'erased' ? outcome.count : 0);
    return 'done';
  }

  /** Looks again; what remains is erased again, some times by itself and then when an operator says so. */
  async verify(): Promise<Progress> {
    while ((await this.#look()).kind === 'remains') {
      this.#reached('remains');
      if (!mayEraseAgain(this.#erasures)) await needsOperator(this.#closure, this.#name, remainsFound(this.#erasures));
      this.#round += 1;
      if ((await this.erase()) !== 'done') return 'over';
    }
    this.#reached('verified');
    return 'done';
  }

  #look(): Promise<VerifyOutcome> {
    const { verifyAfterMs } = this.#confirmed.policy;
    const verify = verifyTargetWithin(verifyAfterMs);
    return this.#step(async (input) => verifiable(await verify({ ...input, verifyAfterMs })));
  }

  #step<T>(perform: (input: TargetInput) => Promise<T>, onParked?: (fault: FailureType) => void): Promise<T> {
    const how = { target: this.#name, ...(onParked === undefined ? {} : { onParked }) };
    return step(this.#closure, how, (ref) => perform(this.#input(ref)));
  }

  #input(ref: ClosureRef): TargetInput {
    const { planDigest, turn, policy } = this.#confirmed;
    const { readsLagMs, reachedThrough } = policy;
    return {
      ...ref,
      target: this.#name,
      round: this.#round,
      planDigest,
      turn,
      readsLagMs,
      reachedThrough,
    };
  }

  /** What somebody took back is shown as it is, and done again from the fence on when the operator says so. */
  #parked(fault: FailureType): void {
    if (!INTERVENTIONS.includes(fault)) return;
    this.#reached(this.#erasedBefore() === 0 ? 'planned' : 'remains');
    this.#round += 1;
    this.#isFenceDue = true;
  }

  #fenced(kind: 'fenced' | 'needless' | 'unsupported'): void {
    this.#isFenceDue = false;
    // Otherwise nothing was changed, and the person may still withdraw.
    if (kind !== 'fenced') return;
    this.#passed();
    this.#reached('fenced');
  }

  #erased(count: number): void {
    this.#passed();
    this.#erasures += 1;
    const erasedCount = this.#erasedBefore() + count;
    this.#closure.apply((status) =>
      state.targetReached(status, { name: this.#name, state: 'erased', erasedCount, rounds: this.#erasures }),
    );
  }

  #passed(): void {
    this.#closure.apply((status) => state.pastPointOfNoReturn(status, new Date()));
  }

  #reached(reached: TargetState): void {
    this.#closure.apply((status) => state.targetReached(status, { name: this.#name, state: reached }));
  }

  #erasedBefore(): number {
    const name: string = this.#name;
    return this.#closure.status.targets.find((target) => target.name === name)?.erasedCount ?? 0;
  }

  /** It is no longer ours to do. Before the first changing call that is a refusal, after it the closure has stopped. */
  async #interrupted(outcome: Interruption): Promise<Progress> {
    // An ending of an earlier run forbids it: the person is asked anew.
    if (outcome.kind === 'ended-before') return 'over';
    if (outcome.isPastPointOfNoReturn) {
      this.#passed();
      this.#closure.apply((status) => state.stopped(status, this.#name, outcome));
    } else {
      await reject(this.#closure, { kind: 'rejected', reason: REJECTIONS[outcome.reason] });
    }
    return 'over';
  }
}

type Interruption = Extract<FenceOutcome, { kind: 'ended-before' | 'stopped' }>;

/** What an interruption is called when nothing was changed yet. */
const REJECTIONS: Record<StopReason, RejectionReason> = {
  'account-gone': 'no-such-account',
  'managed-tenant': 'managed-tenant',
  'federated-tenant': 'federated-tenant',
  'unknown-tenant': 'unknown-tenant',
};

/** Whether the next erasure of a target may begin by itself after so many. */
export function mayEraseAgain(rounds: number): boolean {
  return rounds % ROUNDS_AT_ONCE !== 0;
}

function remainsFound(rounds: number): ReturnType<typeof trouble> {
  return trouble('RemainsFound', 'Something is still found after the target was erased several times.', rounds);
}

function conclusive(outcome: EraseOutcome): Exclude<EraseOutcome, { kind: 'unsupported' }> {
  assertDecoded(outcome);
  if (outcome.kind !== 'unsupported') return outcome;
  throw ApplicationFailure.nonRetryable('The target does not support erasure.', 'ErasureUnsupported');
}

function verifiable(outcome: VerifyOutcome): VerifyOutcome {
  assertDecoded(outcome);
  if (outcome.kind !== 'unverifiable') return outcome;
  throw ApplicationFailure.nonRetryable('The target cannot be verified: nothing is known about it.', 'Unverifiable');
}
