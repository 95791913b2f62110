import type { TargetName } from './targets';

/**
 * The rules of one closure. Read from the worker's settings once, by the first Activity, and kept in history: a changed
 * setting never disturbs a running closure, and no caller can shorten a wait. All durations are milliseconds.
 */
export interface ClosurePolicy {
  readonly confirmationWindowMs: number;
  /** 0: none, as in Microsoft's own procedure. */
  readonly coolingOffMs: number;
  readonly exportDeadlineMs: number;
  /** How long the export stays in storage after `closed`; after every other outcome it goes at once. */
  readonly exportRetentionMs: number;
  /** Quiet period before the second look. */
  readonly verifyAfterMs: number;
  /** Which targets a plan covers, in the order of erasure. */
  readonly targets: readonly TargetName[];
}
