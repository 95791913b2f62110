import { ApplicationFailure } from '@temporalio/workflow';
import { activitiesOf, type TargetActivities } from './activity-proxies';
import { assertDecoded, trouble } from './attention';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ClosureRef, ShownPlan, TargetInput } from './contract/activities';
import type { FailureType } from './contract/failures';
import type { ClosurePolicy } from './contract/policy';
import type { EraseOutcome, FenceOutcome, NotOurs, VerifyOutcome } from './contract/target-outcomes';
import type { TargetPolicy } from './contract/targets';
import { needsOperator, step, type Exemption } from './steps';
import { keepsSomething, shown, stepsOf, UNTOUCHED, type TargetFacts } from './target-facts';
import type { Halt, Tell } from './while-ours';

/** What the person said yes to, and the rules by which it is carried out. */
export interface ConfirmedErasure extends ShownPlan {
  readonly policy: ClosurePolicy;
  /** Is all of it still so, while nothing was changed? What is not was dealt with: the person is asked again, or it has ended. */
  readonly stillStands: () => Promise<boolean>;
}

/** How often a target is erased again by itself before somebody has to look. */
const ROUNDS_AT_ONCE = 3;

/** Somebody took back what we had done: an operator's retry is the decision to do it again, beginning with the fence. */
const INTERVENTIONS: readonly FailureType[] = ['AccountRestored', 'AccountReenabled'];

/** One target on its way through the erasure. What was done is not done again when a step of all targets is repeated. */
export class TargetErasure {
  readonly policy: TargetPolicy;
  readonly #closure: Closure;
  readonly #confirmed: ConfirmedErasure;
  readonly #activities: TargetActivities;
  /** Which erasure of this target it is, from 1. Counted here and nowhere else. */
  #round = 1;
  #facts = UNTOUCHED;
  #isFenceDue: boolean;
  /** It is no longer ours to do, or an operator decided to go on without it. */
  #isOver = false;

  constructor(closure: Closure, policy: TargetPolicy, confirmed: ConfirmedErasure) {
    this.policy = policy;
    this.#closure = closure;
    this.#confirmed = confirmed;
    this.#activities = activitiesOf(policy, confirmed.policy);
    this.#isFenceDue = policy.fences;
  }

  get name(): string {
    return this.policy.name;
  }

  get after(): readonly string[] {
    return this.policy.after;
  }

  /** What of it is done and what is not, as `target:step`. */
  get steps(): ReturnType<typeof stepsOf> {
    return stepsOf(this.policy, this.#facts);
  }

  /** Whether something of ours stays in it. */
  get keepsSomething(): boolean {
    return keepsSomething(this.#facts);
  }

  /** Keeps new data from coming in; its first changing call is the point of no return. */
  async fence(tell: Tell): Promise<void> {
    if (this.#isOver || !this.#isFenceDue) return;
    const outcome = await this.#step(tell, (input) => this.#activities.fenceTarget(input));
    if (outcome !== undefined) this.#fenced(outcome);
  }

  /** Erases what the plan says; a fence that somebody took down is put up again before. */
  async erase(tell: Tell): Promise<void> {
    while (!this.#isOver && !this.#facts.isErased) {
      const outcome = await this.#step(tell, async (input) => {
        const fenced = this.#isFenceDue ? assertDecoded(await this.#activities.fenceTarget(input)) : undefined;
        if (fenced !== undefined && isHalt(fenced)) return fenced;
        if (fenced !== undefined) this.#fenced(fenced);
        return conclusive(await this.#activities.eraseTarget(input));
      });
      if (outcome?.kind === 'interrupted') this.#learn({ interruptedCount: outcome.count });
      else if (outcome !== undefined) this.#erased(outcome);
    }
  }

  /** Looks again; what remains is erased again, some times by itself and then when an operator says so. */
  async verify(tell: Tell): Promise<void> {
    while (!this.#isOver && this.#facts.verified === undefined) {
      const look = await this.#step(tell, async (input) =>
        verifiable(
          await this.#activities.verifyTarget({ ...input, verifyAfterMs: this.#confirmed.policy.verifyAfterMs }),
        ),
      );
      if (look?.kind === 'absent') this.#learn({ verified: look.grade });
      if (look?.kind === 'remains') await this.#eraseAgain(tell);
    }
  }

  async #eraseAgain(tell: Tell): Promise<void> {
    this.#learn({ isErased: false, remains: true });
    if (!mayEraseAgain(this.#facts.erasures)) {
      const answer = await needsOperator(this.#closure, this.name, remainsFound(this.#facts.erasures));
      if (answer.action === 'exempt') this.#exempted(answer);
    }
    this.#round += 1;
    await this.erase(tell);
  }

  /** Does one step of this target. Nothing comes back when it is over with the target, or with everything. */
  async #step<T extends { readonly kind: string }>(
    tell: Tell,
    perform: (input: TargetInput) => Promise<T | NotOurs>,
  ): Promise<T | undefined> {
    const how = {
      target: this.name,
      onParked: (fault: FailureType) => {
        this.#parked(fault);
      },
      onExempt: (answer: Exemption) => {
        this.#exempted(answer);
        return undefined;
      },
      beforeRetry: () => this.#halted(),
    };
    const outcome = await step<T | Halt | undefined>(this.#closure, how, (ref) => perform(this.#input(ref)));
    if (outcome === undefined || !isHalt(outcome)) return outcome;
    this.#isOver = true;
    if (outcome.kind === 'stopped') this.#learn({ isStopped: true, partsDone: outcome.done });
    tell(outcome);
    return undefined;
  }

  /** It may have waited for days. While nothing was changed the person can still be asked again, so it is looked at once more. */
  async #halted(): Promise<Halt | undefined> {
    if (this.#closure.status.pointOfNoReturnAt !== undefined) return undefined;
    return (await this.#confirmed.stillStands()) ? undefined : { kind: 'no-longer-promised' };
  }

  #input(ref: ClosureRef): TargetInput {
    const { plan, planDigest, turn, policy } = this.#confirmed;
    const { name, definitionDigest, readsLagMs } = this.policy;
    const promised = plan.targets.find((target) => target.name === name);
    return {
      ...ref,
      target: name,
      round: this.#round,
      definitionDigest,
      planDigest,
      planRound: plan.round,
      turn,
      readsLagMs,
      reachedThrough: policy.reachedThrough,
      ...(promised?.subject === undefined ? {} : { subject: promised.subject }),
      retains: (promised?.retains ?? []).map(({ what, basis }) => ({ what, basis })),
    };
  }

  /** What somebody took back is shown as it is, and done again from the fence on when the operator says so. */
  #parked(fault: FailureType): void {
    if (!INTERVENTIONS.includes(fault)) return;
    this.#learn({ isFenced: false, isErased: false, remains: this.#facts.erasures > 0 });
    this.#round += 1;
    this.#isFenceDue = true;
  }

  #exempted({ basis, by }: Exemption): void {
    this.#isOver = true;
    this.#learn({ exempt: { basis, by } });
  }

  #fenced({ kind }: Exclude<FenceOutcome, NotOurs>): void {
    this.#isFenceDue = false;
    // Otherwise nothing was changed, and the person may still withdraw.
    if (kind !== 'fenced') return;
    this.#passed();
    this.#learn({ isFenced: true });
  }

  #erased(outcome: Extract<EraseOutcome, { readonly kind: 'erased' | 'absent' }>): void {
    const { erasures, erasedCount } = this.#facts;
    const count = outcome.kind === 'erased' ? outcome.count : 0;
    // Where there was nothing, nothing was changed.
    if (outcome.kind === 'erased') this.#passed();
    this.#learn({
      isErased: true,
      remains: false,
      erasures: erasures + 1,
      erasedCount: erasedCount + count,
      interruptedCount: 0,
      retained: outcome.retained,
    });
  }

  #passed(): void {
    this.#closure.apply((status) => state.pastPointOfNoReturn(status, new Date()));
  }

  #learn(facts: Partial<TargetFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#closure.apply((status) => state.targetReached(status, shown(this.policy, this.#facts)));
  }
}

/** Whether the next erasure of a target may begin by itself after so many. */
export function mayEraseAgain(erasures: number): boolean {
  return erasures % ROUNDS_AT_ONCE !== 0;
}

const HALTS: readonly string[] = ['stopped', 'ended-before', 'no-longer-promised'] satisfies readonly Halt['kind'][];

function isHalt(outcome: { readonly kind: string }): outcome is Halt {
  return HALTS.includes(outcome.kind);
}

function remainsFound(erasures: number): ReturnType<typeof trouble> {
  return trouble('RemainsFound', 'Something is still found after the target was erased several times.', erasures);
}

function conclusive(outcome: EraseOutcome): Exclude<EraseOutcome, { kind: 'unsupported' }> {
  assertDecoded(outcome);
  if (outcome.kind !== 'unsupported') return outcome;
  throw ApplicationFailure.nonRetryable('The target does not support erasure.', 'ErasureUnsupported');
}

function verifiable(outcome: VerifyOutcome): Exclude<VerifyOutcome, { kind: 'unverifiable' }> {
  assertDecoded(outcome);
  if (outcome.kind !== 'unverifiable') return outcome;
  throw ApplicationFailure.nonRetryable('The target cannot be verified: nothing is known about it.', 'Unverifiable');
}
