/**
 * The `type` of every `ApplicationFailure` of ours: the wire's vocabulary of faults. Messages are fixed texts without
 * personal data; programs branch on the type.
 */
export const FAILURE_TYPES = [
  // Far ends that may answer later.
  'Throttled',
  'Unavailable',
  'Indeterminate',
  'AuditLogUnavailable',
  // Far ends that refuse.
  'AccessDenied',
  'NotAuthenticated',
  'RequestRefused',
  'PurgeRefused',
  // The export.
  'ExportRunning',
  'ExportFailed',
  'ExportOverdue',
  'ExportLocationRefused',
  'ExportLocationsBurnt',
  'ExportTooLarge',
  // The erasure.
  'SecondLookDue',
  'RemainsFound',
  // What came in.
  'InvalidRequest',
  'UndecodablePayload',
  // Anything that we did not foresee.
  'Defect',
  'TimedOut',
] as const;

/** One of `FAILURE_TYPES`. */
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Why a message was refused. The client's error codes are the same. */
export const REFUSALS = [
  'malformed-confirmation',
  'wrong-token',
  'stale-plan',
  'not-awaiting-confirmation',
  'past-point-of-no-return',
  'nothing-to-resolve',
  'malformed-resolution',
] as const;

/** One of `REFUSALS`. */
export type Refusal = (typeof REFUSALS)[number];
