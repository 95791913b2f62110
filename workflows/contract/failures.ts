/**
 * The `type` of every `ApplicationFailure` of ours: the wire's vocabulary of faults. Messages are fixed texts without
 * personal data; programs branch on the type.
 */
export const FAILURE_TYPES = [
  // Far ends that may answer later.
  'Throttled',
  'Unavailable',
  'Indeterminate',
  'ReadsUnsettled',
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
  'Unverifiable',
  'ErasureUnsupported',
  'AccountRestored',
  'AccountReenabled',
  'ErasureRunning',
  'SubjectAmbiguous',
  'IdentifiersMissing',
  'TargetChanged',
  'TargetUnknown',
  // What came in.
  'InvalidRequest',
  'UndecodablePayload',
  // Anything that we did not foresee.
  'Defect',
  'TimedOut',
] as const;

/** One of `FAILURE_TYPES`. */
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Nothing is wrong, it is only too early: the step is tried again by itself and nobody has to hear of it. */
export const EARLY_FAILURES = [
  'ExportRunning',
  'SecondLookDue',
  'ReadsUnsettled',
  'ErasureRunning',
] as const satisfies readonly FailureType[];

/** One of `EARLY_FAILURES`. */
export type EarlyFailure = (typeof EARLY_FAILURES)[number];

/** Whether a failure's type says that it is only too early. */
export function isEarly(type: unknown): type is EarlyFailure {
  return EARLY_FAILURES.some((early) => early === type);
}

/** What failed, in opaque codes: enough to find the missing right or the far end's own record of it. */
export interface FaultDetail {
  /** Our name of the call, e.g. `directory.block-sign-in`; the runbook lists the right that each needs. */
  readonly operation?: string;
  /** The far end's own error code, when it is one of the documented ones. */
  readonly code?: string;
  /** The erasure target that could not be planned. */
  readonly at?: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** The far end's id of the request: opaque; its support asks for it. */
  readonly requestId?: string;
}

/** First of the `details` of every `ApplicationFailure` that an Activity of ours throws. */
export interface FailureDetails extends FaultDetail {
  /** How often the Activity was tried, from 1. */
  readonly attempt: number;
}
