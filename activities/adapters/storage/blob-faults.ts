import { RestError } from '@azure/storage-blob';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
} from '../../ports/faults';

const FAR_END = 'export-storage';

/** How long one request may take until its answer begins, and a stream may stay silent. The SDK itself waits for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The service's codes that help whoever repairs it. Any other one stays out of our errors: a proxy may have made it. */
const DOCUMENTED_CODES: ReadonlySet<string> = new Set([
  'AccountIsDisabled',
  'AuthenticationFailed',
  'AuthorizationFailure',
  'AuthorizationPermissionMismatch',
  'AuthorizationProtocolMismatch',
  'AuthorizationSourceIPMismatch',
  'BlobArchived',
  'BlobNotFound',
  'ConditionNotMet',
  'ContainerDisabled',
  'ContainerNotFound',
  'InsufficientAccountPermissions',
  'InvalidResourceName',
  'KeyBasedAuthenticationNotPermitted',
  'LeaseIdMissing',
  'PublicAccessNotPermitted',
]);

/**
 * Makes one request: bounded in time, ended by the signal, its errors turned into the port's faults.
 * @throws the signal's reason when the signal ended it
 */
export async function attempt<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const bounds = boundBy(signal);
  try {
    return await bounds.inTime(request(bounds.signal));
  } catch (error) {
    signal.throwIfAborted();
    throw toFault(error);
  } finally {
    bounds.release();
  }
}

/** A stream of answers, each step of which is bounded in time and ended by the signal as a request is. */
export interface BoundedSteps {
  /** To be passed to whatever makes the stream. */
  readonly signal: AbortSignal;
  /** Waits for one step: the head of the answer, or the next piece of it. */
  readonly within: <T>(step: Promise<T>) => Promise<T>;
  /** To be called after the last step. */
  readonly release: () => void;
}

/** As `attempt`, for an answer that comes in pieces: the time runs anew for each of them. */
export function boundSteps(signal: AbortSignal): BoundedSteps {
  const { inTime, ...bounds } = boundBy(signal);
  const within = async <T>(step: Promise<T>): Promise<T> => {
    try {
      return await inTime(step);
    } catch (error) {
      signal.throwIfAborted();
      // A stream breaks with errors of the socket's own kind.
      throw error instanceof RestError ? toFault(error) : new UnavailableError(FAR_END);
    }
  };
  return { ...bounds, within };
}

interface Bounds {
  readonly signal: AbortSignal;
  readonly inTime: <T>(step: Promise<T>) => Promise<T>;
  readonly release: () => void;
}

/** By hand: Node 20 loses `AbortSignal.any([signal, AbortSignal.timeout(ms)])` to the garbage collector, with its time-out. */
function boundBy(signal: AbortSignal): Bounds {
  signal.throwIfAborted();
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    signal: ending.signal,
    inTime: async (step) => {
      const timer = setTimeout(end, REQUEST_TIMEOUT_MS);
      try {
        return await step;
      } finally {
        clearTimeout(timer);
      }
    },
    release: () => {
      signal.removeEventListener('abort', end);
    },
  };
}

/** Whether the service answered with this status and, where given, this code of its own. */
export function isAnswer(error: unknown, status: number, code?: string): boolean {
  if (!(error instanceof RestError) || error.statusCode !== status) return false;
  return code === undefined || codeOf(error) === code;
}

/** The port's fault for an error of the SDK. The SDK's error goes no further: it carries URLs, with their signatures. */
function toFault(error: unknown): unknown {
  if (isTimeout(error)) return new UnavailableError(FAR_END);
  if (!(error instanceof RestError)) return error;
  if (error.statusCode === undefined) return new UnavailableError(FAR_END);
  // What cannot be read with a good status is odd; with a bad one it is the page of a gateway, and the status says it all.
  if (error.statusCode < 400) return new IndeterminateAnswerError(FAR_END, 'the answer is not XML');
  return faultOfStatus(error.statusCode, error);
}

function faultOfStatus(status: number, error: RestError): Error {
  const retryAfterMs = retryAfterOf(error);
  if (status === 429 || (status === 503 && retryAfterMs !== undefined))
    return new ThrottledError(FAR_END, retryAfterMs);
  if (isForLater(status, error)) return new UnavailableError(FAR_END, status);
  if (status === 401) return new NotAuthenticatedError(FAR_END);
  const code = documentedCodeOf(error);
  return status === 403 ? new AccessDeniedError(FAR_END, code) : new RequestRefusedError(FAR_END, status, code);
}

function documentedCodeOf(error: RestError): string | undefined {
  const code = codeOf(error);
  return code !== undefined && DOCUMENTED_CODES.has(code) ? code : undefined;
}

/** Of the header, which every answer of the service has: the SDK looks into the body, and a HEAD has none. */
function codeOf(error: RestError): string | undefined {
  return error.response?.headers.get('x-ms-error-code') ?? error.code;
}

/** The name of a container comes free again by itself, some seconds after its deletion. */
function isForLater(status: number, error: RestError): boolean {
  return status === 408 || status >= 500 || isAnswer(error, 409, 'ContainerBeingDeleted');
}

function retryAfterOf(error: RestError): number | undefined {
  const text = error.response?.headers.get('retry-after');
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
