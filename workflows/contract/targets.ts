/** What a target can be; what each kind does with a person's data is known to the worker alone. */
export const TARGET_KINDS = ['directory', 'postgres', 'http'] as const;

/** One of `TARGET_KINDS`. */
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Steps that are not an erasure target but can wait for an operator as well. */
export const STEP_NAMES = ['eligibility', 'export', 'plan', 'ending', 'forgetting'] as const;

/** Names that no target may have: those of steps, and those of a closure's own parts in its audit log. */
export const RESERVED_NAMES = [...STEP_NAMES, 'account', 'closure'] as const;

/** Name of a system that holds personal data, as the targets file calls it; see `isTargetName`. */
export type TargetName = string;

/** What can wait for an operator: an erasure target, by its name, or one of `STEP_NAMES`. */
export type AttentionTarget = TargetName;

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Whether an unknown value can be the name of a target: up to 40 of `a-z0-9-`, a letter first, and none that is reserved. */
export function isTargetName(value: unknown): value is TargetName {
  return typeof value === 'string' && NAME.test(value) && !RESERVED_NAMES.some((reserved) => reserved === value);
}

/** Whether an unknown value can be the name of what waits for an operator. */
export function isAttentionTarget(value: unknown): value is AttentionTarget {
  return isTargetName(value) || STEP_NAMES.some((name) => name === value);
}

/**
 * What the Workflow knows of a target. How it is reached and what is erased in it stays in the worker's file: a history must
 * not be able to name a table to delete from.
 */
export interface TargetPolicy {
  readonly name: TargetName;
  readonly kind: TargetKind;
  /** Targets that are erased before this one begins. */
  readonly after: readonly TargetName[];
  /** How long one erasure of it may take, faults and retries included, before somebody has to look. Milliseconds. */
  readonly deadlineMs: number;
  /** How long its reads may lag behind a change: no final answer before it has passed. Milliseconds. */
  readonly readsLagMs: number;
  /** Whether it can keep new data from coming in. */
  readonly fences: boolean;
  /** Whether its Activities have a Task Queue of their own, which holds them to its rate. */
  readonly rateLimited: boolean;
  /** Of what is erased in whose name (not how it is reached): lower-case hex SHA-256. Another one is another promise. */
  readonly definitionDigest: string;
}
