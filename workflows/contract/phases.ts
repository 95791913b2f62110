/** Where a closure stands while it runs, in the order of the story. */
export const RUNNING_PHASES = [
  'checking',
  'exporting',
  'planning',
  'awaitingConfirmation',
  'coolingOff',
  'erasing',
  'verifying',
] as const;

/** How a closure can end. `phase` of a finished closure is its outcome. */
export const OUTCOMES = ['closed', 'closedWithRetention', 'rejected', 'withdrawn', 'expired', 'stopped'] as const;

/** One of `RUNNING_PHASES`. */
export type RunningPhase = (typeof RUNNING_PHASES)[number];
/** One of `OUTCOMES`. */
export type Outcome = (typeof OUTCOMES)[number];
/** Where a closure stands, or how it ended. */
export type Phase = RunningPhase | Outcome;

/**
 * Whether an outcome means that the account is closed: everything planned was erased, and is gone on reading again, except
 * what `closedWithRetention` says was kept.
 */
export function isClosed(outcome: Outcome | undefined): boolean {
  return outcome === 'closed' || outcome === 'closedWithRetention';
}

/** Whether an outcome lies past the point of no return: something may have been erased, so the export is kept. */
export function isPastPointOfNoReturn(outcome: Outcome | undefined): boolean {
  return isClosed(outcome) || outcome === 'stopped';
}
