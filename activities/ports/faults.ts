import type { FaultDetail } from '../../workflows/contract/failures';

/** The far ends that the ports stand for. */
export type FarEnd =
  | 'directory'
  | 'tenant-realm'
  | 'export-storage'
  | 'audit-log'
  | 'identifier-vault'
  | 'target-database'
  | 'erasure-service'
  | 'temporal';

/** What is wrong with a far end; `activities/failures.ts` says for each what becomes of it. */
export type FaultKind =
  | 'throttled'
  | 'unavailable'
  | 'indeterminate'
  | 'access-denied'
  | 'not-authenticated'
  | 'request-refused'
  | 'export-location-refused'
  | 'purge-refused';

/** Which far end, and in opaque codes which call of it. */
export interface FaultAt extends FaultDetail {
  readonly farEnd: FarEnd;
}

/** A fault that a port expects of its far end. Messages are fixed texts: no address, no URL, no body of an answer. */
export abstract class PortFault extends Error {
  abstract readonly kind: FaultKind;
  readonly farEnd: FarEnd;
  /** Which call failed, in opaque codes. */
  readonly detail: FaultDetail;

  constructor({ farEnd, ...detail }: FaultAt, message: string) {
    super(message);
    this.farEnd = farEnd;
    this.detail = detail;
    this.name = new.target.name;
  }
}

/** The far end asks for patience (429, or 503 with Retry-After; of a service also 409 and 425 with it). The call did nothing. */
export class ThrottledError extends PortFault {
  readonly kind = 'throttled';
  /** How long it asks to wait, in milliseconds; absent when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(at: FaultAt, retryAfterMs?: number) {
    super(at, `The ${at.farEnd} is throttling.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer, or one that says "later": 408, 5xx, a broken connection, a time-out. A write may have happened. */
export class UnavailableError extends PortFault {
  readonly kind = 'unavailable';

  constructor(at: FaultAt) {
    super(
      at,
      at.status === undefined
        ? `The ${at.farEnd} did not answer${inWords(at.code)}.`
        : `The ${at.farEnd} answered ${String(at.status)}.`,
    );
  }
}

/** An answer that cannot be told either way: not JSON, a missing field, an unexpected type, somebody else's echo. A write may have happened. */
export class IndeterminateAnswerError extends PortFault {
  readonly kind = 'indeterminate';
  /** What was odd about it: a fixed text, e.g. `IsViral has an unexpected type`. */
  readonly oddity: string;

  constructor(at: FaultAt, oddity: string) {
    super(at, `The ${at.farEnd} gave an answer that cannot be told: ${oddity}.`);
    this.oddity = oddity;
  }
}

/** 403: our credentials may not do this. The call did nothing. */
export class AccessDeniedError extends PortFault {
  readonly kind = 'access-denied';

  constructor(at: FaultAt) {
    super(
      at,
      `The ${at.farEnd} denies access${inWords(at.code)}: see the runbook for the right that ${at.operation ?? 'the call'} needs.`,
    );
  }
}

/** 401, also after the token was read again: our credentials are not accepted. The call did nothing. */
export class NotAuthenticatedError extends PortFault {
  readonly kind = 'not-authenticated';

  constructor(at: FaultAt) {
    super(at, `The ${at.farEnd} does not accept our credentials${inWords(at.code)}.`);
  }
}

/** Any other 4xx: the request will not be accepted however often it is sent. The call did nothing. */
export class RequestRefusedError extends PortFault {
  readonly kind = 'request-refused';

  constructor(at: FaultAt) {
    super(at, `The ${at.farEnd} refused the request${inWords(at.code ?? at.status)}.`);
  }
}

/** The directory does not accept the container that it is to export into. The call did nothing. */
export class ExportLocationRefusedError extends PortFault {
  readonly kind = 'export-location-refused';

  constructor(at: FaultAt) {
    super(at, `The ${at.farEnd} refuses the place for the export${inWords(at.code)}.`);
  }
}

/** The far end will not delete for good: hard-delete protection, or a purge that is not permitted to applications. The call did nothing. */
export class PurgeRefusedError extends PortFault {
  readonly kind = 'purge-refused';

  constructor(at: FaultAt) {
    super(at, `The ${at.farEnd} refuses to delete for good: see the runbook on a refused purge, then retry.`);
  }
}

/** Whether a fault proves that the call changed nothing: the far end itself said no. Anything else may have taken effect. */
export function isRefusedUnchanged(fault: unknown): boolean {
  if (!(fault instanceof PortFault) || fault.kind === 'unavailable' || fault.kind === 'indeterminate') return false;
  // Behind a 503 a gateway may have passed the call on; before a token was there, nothing was sent.
  if (fault.detail.status === 503) return fault.detail.operation === GET_TOKEN;
  // A service that says 409 is at work for an earlier call of the same erasure.
  return fault.farEnd !== 'erasure-service' || fault.detail.status !== 409;
}

const GET_TOKEN = 'directory.get-token';

function inWords(code: string | number | undefined): string {
  return code === undefined ? '' : ` (${String(code)})`;
}
