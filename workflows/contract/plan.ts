import type { Guid } from './account';
import type { TargetName } from './targets';

/** What a target holds of the person, or keeps of them: a countable kind of thing, never a name or an address. */
export interface PlannedItems {
  /** What is counted, as a code: `account`, `memberships`, … */
  readonly what: string;
  /** How many there are. A kind is part of the plan with a count of zero, too. */
  readonly count: number;
}

/** What stays in spite of the closure, and why. */
export interface RetainedItems {
  /** What stays, as a code: `directory-audit-logs`, … */
  readonly what: string;
  /** Why it stays, as a code. */
  readonly basis: RetentionBasis;
}

/** Why something stays. `provider-audit-log`: Microsoft keeps directory audit logs and erases them for nobody. */
export const RETENTION_BASES = ['provider-audit-log', 'provider-log-erasure-within-30-days'] as const;

/** One of `RETENTION_BASES`. */
export type RetentionBasis = (typeof RETENTION_BASES)[number];

/** What one target will erase, and what stays in it. */
export interface TargetPlan {
  readonly name: TargetName;
  readonly erases: readonly PlannedItems[];
  readonly retains: readonly RetainedItems[];
}

/** What the person is asked to say yes to. Its canonical JSON (RFC 8785) is what `planDigest` is the SHA-256 of. */
export interface ErasurePlan {
  readonly version: 1;
  /** How often the closure was planned: a yes to an earlier plan is never one to a later plan of the same content. */
  readonly round: number;
  readonly closureId: Guid;
  /** In the order of erasure: the directory account is always the last. */
  readonly targets: readonly TargetPlan[];
}

/**
 * Whether what was promised may still be carried out, given what would be planned now: per target the same kinds, each with
 * the same action and basis, and no target more or less. Only counts may differ: live data grows while the person thinks.
 * Monotone: what holds never covers more than what was shown.
 */
export function planHolds(promised: ErasurePlan, now: ErasurePlan): boolean {
  return shapeOf(promised) === shapeOf(now);
}

/** Everything of a plan but its round and its counts. */
function shapeOf({ version, closureId, targets }: ErasurePlan): string {
  return JSON.stringify([
    version,
    closureId,
    targets.map(({ name, erases, retains }) => [
      name,
      erases.map(({ what }) => what),
      retains.map(({ what, basis }) => [what, basis]),
    ]),
  ]);
}

/** A plan with its digest (lower-case hex). */
export interface DigestedPlan {
  readonly plan: ErasurePlan;
  readonly planDigest: string;
}
