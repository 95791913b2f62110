import type { Guid } from './account';
import type { Basis, ProviderBasis } from './bases';
import type { TargetKind, TargetName } from './targets';

/** What a target will erase of the person: a countable kind of thing, never a name or an address. */
export interface PlannedItems {
  /** What is counted, as a code: `account`, `memberships`, `app.orders`, … */
  readonly what: string;
  /** `anonymise`: what names the person is taken out of it, and the rest stays. */
  readonly action: 'delete' | 'anonymise';
  /** How many there are. A kind is part of the plan with a count of zero, too. */
  readonly count: number;
}

/** What stays with us in spite of the closure, why, and until when. It makes the outcome `closedWithRetention`. */
export interface PlannedRetention {
  /** What stays, as a code. */
  readonly what: string;
  readonly count: number;
  readonly basis: Basis;
  /** Until when, as a rule: `7 years after issued_at`. A promise is kept when the rule is the same. */
  readonly rule?: string;
  /** What the rule says today for the latest of them. ISO 8601, UTC. */
  readonly until?: string;
}

/** What a provider keeps, which we can neither keep nor erase. Said, and of no consequence for the outcome. */
export interface KeptByProvider {
  /** What stays, as a code: `directory-audit-logs`, … */
  readonly what: string;
  readonly basis: ProviderBasis;
}

/** What one target will erase, and what stays in it. */
export interface TargetPlan {
  readonly name: TargetName;
  readonly kind: TargetKind;
  /** See `TargetPolicy.definitionDigest`. */
  readonly definitionDigest: string;
  /** Whom the target found, as an HMAC of its identifiers; absent where the account's own ids are all it goes by. */
  readonly subject?: string;
  readonly erases: readonly PlannedItems[];
  readonly retains: readonly PlannedRetention[];
  readonly keptByProvider: readonly KeptByProvider[];
}

/** What the person is asked to say yes to. Its canonical JSON (RFC 8785) is what `planDigest` is the SHA-256 of. */
export interface ErasurePlan {
  readonly version: 1;
  /** How often the closure was planned: a yes to an earlier plan is never one to a later plan of the same content. */
  readonly round: number;
  readonly closureId: Guid;
  /** In the order of the targets file; the directory account is always the last. */
  readonly targets: readonly TargetPlan[];
}

/**
 * Whether what was promised may still be carried out, given what would be planned now: the same targets with the same
 * definitions for the same person, and per target the same kinds of things, each with the same action or with the same basis
 * and rule. Only counts may differ: live data grows while the person thinks. Monotone: what holds never covers more than what
 * was shown.
 */
export function planHolds(promised: ErasurePlan, now: ErasurePlan): boolean {
  return shapeOf(promised) === shapeOf(now);
}

/** Everything of a plan but its round, its counts and its dates. */
function shapeOf({ version, closureId, targets }: ErasurePlan): string {
  return JSON.stringify([version, closureId, targets.map(targetShape)]);
}

function targetShape(target: TargetPlan): unknown {
  const { name, kind, definitionDigest, subject, erases, retains, keptByProvider } = target;
  return [
    [name, kind, definitionDigest, subject],
    erases.map(({ what, action }) => [what, action]),
    retains.map(({ what, basis, rule }) => [what, basis, rule]),
    keptByProvider.map(({ what, basis }) => [what, basis]),
  ];
}

/** A plan with its digest (lower-case hex). */
export interface DigestedPlan {
  readonly plan: ErasurePlan;
  readonly planDigest: string;
}
