/** The systems that hold personal data of the person. The directory account is erased last. */
export const TARGET_NAMES = ['directory'] as const;

/** One of `TARGET_NAMES`. */
export type TargetName = (typeof TARGET_NAMES)[number];

/** Steps that are not an erasure target but can wait for an operator as well. */
export const STEP_NAMES = ['eligibility', 'export', 'plan', 'ending', 'forgetting'] as const;

/** What can wait for an operator: an erasure target or a step. */
export type AttentionTarget = TargetName | (typeof STEP_NAMES)[number];

/** Whether an unknown value is one of them. */
export function isAttentionTarget(value: unknown): value is AttentionTarget {
  return [...TARGET_NAMES, ...STEP_NAMES].some((name) => name === value);
}
