import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ClosureActivities } from '../workflows/contract/activities';
import type { ErasurePlan, TargetPlan } from '../workflows/contract/plan';
import { attemptSignal } from './attempt';
import { targetNamed, type ErasureTargets } from './targets';

/** Asks every target what it holds and what stays. The digest is the SHA-256 of the plan's canonical JSON (RFC 8785). */
export function createPlanErasure(targets: ErasureTargets): ClosureActivities['planErasure'] {
  return async ({ closureId, account, round, targets: names }) => {
    const signal = attemptSignal();
    const planned: TargetPlan[] = [];
    for (const name of names) planned.push(await targetNamed(targets, name).plan({ closureId, account, signal }));
    const plan: ErasurePlan = { version: 1, round, closureId, targets: planned };
    return { plan, planDigest: digestOf(plan) };
  };
}

/** Lower-case hex SHA-256 of the canonical JSON of the plan. */
function digestOf(plan: ErasurePlan): string {
  const canonical = canonicalize(plan);
  if (canonical === undefined) throw new TypeError('a plan always has a canonical form');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}
