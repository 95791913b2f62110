import { DIRECTORY_ALONE } from '../../activities/adapters/targets-file/definitions';
import type { ErasurePlan, TargetPlan } from '../../workflows/contract/plan';
import type { TargetPolicy } from '../../workflows/contract/targets';
import type { Guid } from '../../workflows/contract/account';

const HOUR_MS = 60 * 60_000;

/** A target as a closure knows it, with the given changes. */
export function policyOf(name: string, changes: Partial<TargetPolicy> = {}): TargetPolicy {
  return {
    name,
    kind: 'postgres',
    after: [],
    deadlineMs: 2 * HOUR_MS,
    readsLagMs: 0,
    fences: false,
    rateLimited: false,
    definitionDigest: 'dd'.repeat(32),
    ...changes,
  };
}

/** The directory account as a closure knows it. */
export const DIRECTORY_POLICY = policyOf('directory', {
  kind: 'directory',
  fences: true,
  readsLagMs: 10 * 60_000,
  definitionDigest: DIRECTORY_ALONE.targets[0]?.definitionDigest ?? '',
});

/** What a target plans, with the given changes. */
export function planOf({ name, kind, definitionDigest }: TargetPolicy, changes: Partial<TargetPlan> = {}): TargetPlan {
  return {
    name,
    kind,
    definitionDigest,
    erases: [{ what: 'account', action: 'delete', count: 1 }],
    retains: [],
    keptByProvider: [],
    ...changes,
  };
}

/** What the directory plans, with the given changes. */
export function directoryPlan(changes: Partial<TargetPlan> = {}): TargetPlan {
  return planOf(DIRECTORY_POLICY, {
    keptByProvider: [{ what: 'directory-audit-logs', basis: 'provider-audit-log' }],
    ...changes,
  });
}

/** A plan of these targets. */
export function erasurePlan(closureId: Guid, targets: readonly TargetPlan[], round = 1): ErasurePlan {
  return { version: 1, round, closureId, targets };
}
