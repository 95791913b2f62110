import { RestError } from '@azure/storage-blob';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  RequestRefusedError,
  UnavailableError,
  type FaultAt,
  PortFault,
} from '../../ports/faults';
import { faultAt, patienceFault, type AnswerHeaders } from '../http';

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
  'ContainerBeingDeleted',
  'ContainerDisabled',
  'ContainerNotFound',
  'InsufficientAccountPermissions',
  'InvalidResourceName',
  'KeyBasedAuthenticationNotPermitted',
  'LeaseIdMissing',
  'PublicAccessNotPermitted',
]);

/** Our codes of the calls of the storage, as they stand in faults, attention and log. */
export const STORAGE_OPERATIONS = [
  'storage.check',
  'storage.create-container',
  'storage.delete-container',
  'storage.grant-writing',
  'storage.list-containers',
  'storage.list-files',
  'storage.read-file',
  'storage.read-request-info',
  'storage.revoke-writing',
] as const;

/** One of `STORAGE_OPERATIONS`. */
export type StorageOperation = (typeof STORAGE_OPERATIONS)[number];

/** A call, and what ends it. */
export interface StorageCall {
  readonly operation: StorageOperation;
  readonly signal: AbortSignal;
}

/** Where a fault of this call is. */
export function storageAt(operation: StorageOperation): FaultAt {
  return { farEnd: 'export-storage', operation };
}

/**
 * Makes one request: bounded in time, ended by the signal, its errors turned into the port's faults.
 * @throws the signal's reason when the signal ended it
 */
export async function attempt<T>(
  { operation, signal }: StorageCall,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bounds = boundBy(signal);
  try {
    return await bounds.inTime(request(bounds.signal));
  } catch (error) {
    signal.throwIfAborted();
    throw toFault(storageAt(operation), error);
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
export function boundSteps({ operation, signal }: StorageCall): BoundedSteps {
  const at = storageAt(operation);
  const { inTime, ...bounds } = boundBy(signal);
  const within = async <T>(step: Promise<T>): Promise<T> => {
    try {
      return await inTime(step);
    } catch (error) {
      signal.throwIfAborted();
      // A stream breaks with errors of the socket's own kind.
      throw error instanceof RestError || error instanceof PortFault ? toFault(at, error) : new UnavailableError(at);
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
function toFault(call: FaultAt, error: unknown): unknown {
  if (error instanceof Error && error.name === 'AbortError') return new UnavailableError(call);
  if (!(error instanceof RestError)) return error;
  if (error.statusCode === undefined) return new UnavailableError(call);
  const answer = { status: error.statusCode, headers: headersOf(error) };
  // What is not the service's own with a good status is odd; with a bad one it is the page of a gateway, and the status says it all.
  if (answer.status < 400)
    return new IndeterminateAnswerError(faultAt(call, answer), 'it is not the answer of a storage');
  const at = { ...faultAt(call, answer), ...documentedCode(error) };
  return patienceFault(at, answer, new Date()) ?? refusalOf(at, error);
}

function refusalOf(at: FaultAt, error: RestError): PortFault {
  // The name of a container comes free again by itself, some seconds after its deletion.
  if (isAnswer(error, 409, 'ContainerBeingDeleted')) return new UnavailableError(at);
  if (at.status === 401) return new NotAuthenticatedError(at);
  return at.status === 403 ? new AccessDeniedError(at) : new RequestRefusedError(at);
}

function documentedCode(error: RestError): { readonly code?: string } {
  const code = codeOf(error);
  return code !== undefined && DOCUMENTED_CODES.has(code) ? { code } : {};
}

/** Of the header, which every answer of the service has: the SDK looks into the body, and a HEAD has none. */
function codeOf(error: RestError): string | undefined {
  return error.response?.headers.get('x-ms-error-code') ?? error.code;
}

function headersOf({ response }: RestError): AnswerHeaders {
  return { get: (name) => response?.headers.get(name) ?? null };
}
