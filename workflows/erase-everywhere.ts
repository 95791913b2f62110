import { ApplicationFailure } from '@temporalio/workflow';
import { eraseTarget, fenceTarget, verifyTargetWithin } from './activity-proxies';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { EraseOutcome, FenceOutcome, Stopped, TargetInput, VerifyOutcome } from './contract/activities';
import type { DigestedPlan } from './contract/plan';
import type { ClosurePolicy } from './contract/policy';
import type { TargetName } from './contract/targets';

/** How often a target is erased again by itself before somebody has to look. */
const ROUNDS_AT_ONCE = 3;

/** What the person said yes to, and the rules by which it is carried out. */
export interface ConfirmedErasure extends DigestedPlan {
  readonly policy: ClosurePolicy;
}

/**
 * Carries out the confirmed plan: fence every target, erase them in the plan's order (the directory account is the last),
 * then look again. Ends as `closed`, or as `stopped` when it is no longer ours to do; a target that stays broken waits for
 * an operator and is never skipped.
 */
export async function eraseEverywhere(closure: Closure, confirmed: ConfirmedErasure): Promise<void> {
  const targets = confirmed.plan.targets.map(({ name }) => new TargetErasure(closure, name, confirmed));
  closure.apply((status) => state.pastPointOfNoReturn(status, new Date()));

  for (const target of targets) if (!(await target.fence())) return;
  for (const target of targets) if (!(await target.erase())) return;
  closure.enter('verifying');
  for (const target of targets) if (!(await target.verify())) return;

  closure.apply((status) => state.ended(status, 'closed'));
}

/** One target on its way. Every method answers whether to go on. */
class TargetErasure {
  readonly #closure: Closure;
  readonly #name: TargetName;
  readonly #confirmed: ConfirmedErasure;
  #round = 1;

  constructor(closure: Closure, name: TargetName, confirmed: ConfirmedErasure) {
    this.#closure = closure;
    this.#name = name;
    this.#confirmed = confirmed;
  }

  async fence(): Promise<boolean> {
    const outcome = await this.#step((input) => fenceTarget(input));
    if (outcome.kind === 'stopped') return this.#stop(outcome);
    this.#reached({ state: outcome.kind === 'fenced' ? 'fenced' : 'planned' });
    return true;
  }

  async erase(): Promise<boolean> {
    const outcome = await this.#step(async (input) => conclusive(await eraseTarget(input)));
    if (outcome.kind === 'stopped') return this.#stop(outcome);
    this.#reached({
      state: 'erased',
      erasedCount: this.#erasedBefore() + (outcome.kind === 'erased' ? outcome.count : 0),
      rounds: this.#round,
    });
    return true;
  }

  async verify(): Promise<boolean> {
    const verify = verifyTargetWithin(this.#confirmed.policy.verifyAfterMs);
    for (;;) {
      const found = await this.#step(async (input) =>
        this.#judge(await verify({ ...input, verifyAfterMs: this.#confirmed.policy.verifyAfterMs })),
      );
      if (found.kind === 'absent') break;
      if (!(await this.#eraseAgain())) return false;
    }
    this.#reached({ state: 'verified' });
    return true;
  }

  async #eraseAgain(): Promise<boolean> {
    this.#round += 1;
    return await this.erase();
  }

  /** `absent`, or `remains` as long as erasing again may help. */
  #judge(found: VerifyOutcome): VerifyOutcome {
    if (found.kind === 'unverifiable') throw needsOperator('RequestRefused', 'The target cannot be verified.');
    if (found.kind === 'remains' && this.#round % ROUNDS_AT_ONCE === 0) {
      // The operator's retry begins the next rounds.
      this.#round += 1;
      throw needsOperator('RemainsFound', 'Something is still found after the target was erased several times.');
    }
    return found;
  }

  #step<T>(perform: (input: TargetInput) => Promise<T>): Promise<T> {
    const { planDigest } = this.#confirmed;
    return this.#closure.step(this.#name, () =>
      perform({ ...this.#closure.ref, target: this.#name, round: this.#round, planDigest }),
    );
  }

  #stop(stop: Stopped): false {
    this.#closure.apply((status) => state.stopped(status, this.#name, stop));
    return false;
  }

  #reached(reached: {
    state: 'planned' | 'fenced' | 'erased' | 'verified';
    erasedCount?: number;
    rounds?: number;
  }): void {
    this.#closure.apply((status) => state.targetReached(status, { name: this.#name, ...reached }));
  }

  #erasedBefore(): number {
    const name: string = this.#name;
    return this.#closure.status.targets.find((target) => target.name === name)?.erasedCount ?? 0;
  }
}

function conclusive(outcome: EraseOutcome): Exclude<EraseOutcome | FenceOutcome, { kind: 'unsupported' | 'fenced' }> {
  if (outcome.kind === 'unsupported') throw needsOperator('RequestRefused', 'The target does not support erasure.');
  return outcome;
}

function needsOperator(type: 'RequestRefused' | 'RemainsFound', message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
