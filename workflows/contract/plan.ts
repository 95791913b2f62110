import type { Guid } from './account';
import type { TargetName } from './targets';

/** What a target holds of the person, or keeps of them: a countable kind of thing, never a name or an address. */
export interface PlannedItems {
  /** What is counted, as a code: `account`, `group-membership`, … */
  readonly what: string;
  /** How many there are. */
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

/** A plan with its digest (lower-case hex). */
export interface DigestedPlan {
  readonly plan: ErasurePlan;
  readonly planDigest: string;
}
