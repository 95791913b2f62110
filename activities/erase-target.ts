import type { ClosureActivities, TargetInput } from '../workflows/contract/activities';
import { ageMs, attemptSignal, whileHeartbeating } from './attempt';
import type { EffectInProgress } from './effects';
import { recheckTenant, type EligibilitySources } from './eligibility';
import type { Erasure } from './ports/erasure-target';
import { targetNamed, type ErasureTargets } from './targets';

/** An Activity that is an effect: the interceptor hands it, beside its input, what it knows of earlier attempts. */
type Effect<Name extends keyof ClosureActivities> = (
  input: Parameters<ClosureActivities[Name]>[0],
  effect: EffectInProgress,
) => ReturnType<ClosureActivities[Name]>;

/** Keeps new data from coming into the target. `unsupported` when the target has no fence. */
export function createFenceTarget(sources: EligibilitySources, targets: ErasureTargets): Effect<'fenceTarget'> {
  return async (input, effect) =>
    await whileHeartbeating(async () => {
      const { fence } = targetNamed(targets, input.target);
      return fence === undefined ? { kind: 'unsupported' } : await fence(erasureOf(sources, input, effect));
    });
}

/** Erases the target. */
export function createEraseTarget(sources: EligibilitySources, targets: ErasureTargets): Effect<'eraseTarget'> {
  return async (input, effect) =>
    await whileHeartbeating(() => targetNamed(targets, input.target).erase(erasureOf(sources, input, effect)));
}

function erasureOf(
  sources: EligibilitySources,
  { closureId, account, round }: TargetInput,
  effect: EffectInProgress,
): Erasure {
  const signal = attemptSignal();
  return {
    closureId,
    account,
    signal,
    round,
    triedForMs: ageMs(),
    // A later round is only begun after an earlier one was carried out.
    isResumed: effect.isResumed || round > 1,
    recheck: () => recheckTenant(sources, account, signal),
  };
}
