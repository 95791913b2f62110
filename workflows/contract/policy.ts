import type { Basis } from './bases';
import type { TargetPolicy } from './targets';

/**
 * The rules of one closure. Read from the worker's settings once, by the first Activity, and kept in history: a changed
 * setting never disturbs a running closure, and no caller can shorten a wait. All durations are milliseconds.
 */
export interface ClosurePolicy {
  readonly confirmationWindowMs: number;
  /** 0: none, as in Microsoft's own procedure. */
  readonly coolingOffMs: number;
  readonly exportDeadlineMs: number;
  /** How long the export stays in storage after an outcome past the point of no return; after every other it goes at once. */
  readonly exportRetentionMs: number;
  /** How long reads of the directory, and its rights, may lag behind a change: no final answer before it has passed. */
  readonly readsLagMs: number;
  /**
   * Through which far end the account was read alive at first (opaque): where a gateway serves several tenants, absence is
   * believed of what was seen through the same one only.
   */
  readonly reachedThrough: string;
  /** Quiet period before the second look. */
  readonly verifyAfterMs: number;
  /** The targets of the file as it was at the start. Each plan brings those that it covers. */
  readonly targets: readonly TargetPolicy[];
  /** Codes that this deployment adds to `BASES`. */
  readonly bases: readonly Basis[];
}
