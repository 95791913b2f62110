import type { PlanTargetInput } from '../workflows/contract/activities';
import type { TargetPlan } from '../workflows/contract/plan';
import { TargetFault } from './failures';
import { compareIdentifiers, keepIdentifiers } from './identifiers';
import type { Implementation } from './implementation';
import type { Kept } from './ports/erasure-target';
import type { Identifiers, IdentifierVault } from './ports/identifier-vault';
import { StepNeedsOperatorError } from './ports/step-faults';
import type { FoundTarget, Targets } from './targets';

/** Whom to ask, and where what they know of the person is kept. */
export interface PlanningSources {
  readonly targets: Targets;
  readonly vault: IdentifierVault;
}

/** For which plan, and what becomes of the identifiers. */
interface Asking {
  readonly input: Omit<PlanTargetInput, 'target'>;
  readonly signal: AbortSignal;
}

/** Asks one target by itself: one with a rate, or for somebody who keeps no plan. */
export function createPlanTarget(sources: PlanningSources): Implementation<'planTarget'> {
  return async (input, { attempt: { signal } }) => {
    const { targets } = sources;
    const target = targets.find(input.target);
    if (target === undefined) throw new TargetFault(input.target, new StepNeedsOperatorError('TargetUnknown'));
    const plan = await planOf(sources, target, { input, signal });
    const named = plan.retains.map(({ basis }) => basis);
    return {
      plan,
      bases: Object.fromEntries(Object.entries(targets.bases).filter(([basis]) => named.includes(basis))),
    };
  };
}

/**
 * What one target holds and what stays: every plan is made here, one that is shown, one to compare it with, and that of a dry run.
 * @throws TargetFault which target it was, and why
 */
export async function planOf(
  { vault }: Pick<PlanningSources, 'vault'>,
  target: FoundTarget,
  { input, signal }: Asking,
): Promise<TargetPlan> {
  const { closureId, account } = input;
  const { name, kind, definitionDigest } = target.policy;
  const keep = (found: Identifiers): Promise<Kept> => {
    switch (input.identifiers) {
      case 'keep':
        return keepIdentifiers(vault, { ...input, target: name, definitionDigest }, { found, signal });
      case 'compare':
        return compareIdentifiers(vault, input, { found, signal });
    }
  };
  try {
    const holdings = await target.for({}).plan({ closureId, account, signal, keep });
    return { name, kind, definitionDigest, ...holdings };
  } catch (fault) {
    throw new TargetFault(name, fault);
  }
}
