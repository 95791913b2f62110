/** A fault that a port expects of its far end. Messages are fixed texts: no address, no URL, no body of an answer. */
export abstract class PortFault extends Error {
  /** Which far end: `directory`, `tenant-realm`, `export-storage`, `audit-log`. */
  readonly farEnd: FarEnd;

  constructor(farEnd: FarEnd, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.farEnd = farEnd;
    this.name = new.target.name;
  }
}

/** The far ends that the ports stand for. */
export type FarEnd = 'directory' | 'tenant-realm' | 'export-storage' | 'audit-log';

/** The far end asks for patience (429, or 503 with Retry-After). */
export class ThrottledError extends PortFault {
  /** How long it asks to wait; absent when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(farEnd: FarEnd, retryAfterMs?: number) {
    super(farEnd, `The ${farEnd} is throttling.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer, or one that says "later": 408, 5xx, a broken connection, a time-out. A write may have happened. */
export class UnavailableError extends PortFault {
  /** HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(farEnd: FarEnd, status?: number) {
    super(farEnd, status === undefined ? `The ${farEnd} did not answer.` : `The ${farEnd} answered ${String(status)}.`);
    this.status = status;
  }
}

/** An answer that cannot be told either way: not JSON, a missing field, an unexpected type, somebody else's echo. */
export class IndeterminateAnswerError extends PortFault {
  /** What was odd about it: a fixed text, e.g. `IsViral has an unexpected type`. */
  readonly oddity: string;

  constructor(farEnd: FarEnd, oddity: string) {
    super(farEnd, `The ${farEnd} gave an answer that cannot be told: ${oddity}.`);
    this.oddity = oddity;
  }
}

/** 403: our credentials may not do this. */
export class AccessDeniedError extends PortFault {
  /** The far end's own error code, when it is one of the documented ones. */
  readonly code: string | undefined;

  constructor(farEnd: FarEnd, code?: string) {
    super(farEnd, `The ${farEnd} denies access${code === undefined ? '' : ` (${code})`}.`);
    this.code = code;
  }
}

/** 401, also after the token was read again: our credentials are not accepted. */
export class NotAuthenticatedError extends PortFault {
  constructor(farEnd: FarEnd) {
    super(farEnd, `The ${farEnd} does not accept our credentials.`);
  }
}

/** Any other 4xx: the request will not be accepted however often it is sent. */
export class RequestRefusedError extends PortFault {
  readonly status: number;
  /** The far end's own error code, when it is one of the documented ones. */
  readonly code: string | undefined;

  constructor(farEnd: FarEnd, status: number, code?: string) {
    super(farEnd, `The ${farEnd} refused the request: ${String(status)}${code === undefined ? '' : ` ${code}`}.`);
    this.status = status;
    this.code = code;
  }
}

/** The far end will not delete for good: hard-delete protection, or a purge that is not permitted to applications. */
export class PurgeRefusedError extends PortFault {
  constructor(farEnd: FarEnd) {
    super(farEnd, `The ${farEnd} refuses to delete for good: see the runbook on a refused purge, then retry.`);
  }
}
