import type { Basis } from './bases';
import type { FailureType, FaultDetail } from './failures';
import type { AttentionTarget } from './targets';

/** A step that waits for an operator: what failed, and in opaque codes at which call of which far end. */
export interface Attention extends FaultDetail {
  readonly target: AttentionTarget;
  readonly fault: FailureType;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** How often the step was tried. */
  readonly attempts: number;
  /** The fault in words: a fixed text without personal data. */
  readonly text: string;
}

/**
 * What an operator decides about a step that waits, and who: an opaque id, never a name or an address. `retry`: try the step
 * again, now that its cause is repaired. `exempt`: go on without this target, and say so for ever: the closure ends as
 * `closedWithRetention`.
 */
export type OperatorAnswer = ({ readonly action: 'retry' } | { readonly action: 'exempt'; readonly basis: Basis }) & {
  readonly by: string;
};

/** How an operator answered a step: the last answer of each, so that its repetition is known. */
export type AnsweredAttention = OperatorAnswer & {
  readonly target: AttentionTarget;
  /** That of the attention. */
  readonly since: string;
};
