import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
  type PortFault,
} from '../../ports/faults';
import { parseRetryAfter, patienceFault, type HttpAnswer } from '../http';

/** The error codes that Microsoft documents for the calls we make. Only these may leave the adapter. */
export const GRAPH_ERROR_CODES = [
  'Authentication_ExpiredToken',
  'Authentication_Unauthorized',
  'Authorization_IdentityDisabled',
  'Authorization_IdentityNotFound',
  'Authorization_RequestDenied',
  'ConcurrencyConflict',
  'Directory_ConcurrencyViolation',
  'Directory_ObjectNotFound',
  'Directory_QuotaExceeded',
  'Directory_ReplicaUnavailable',
  'Directory_ResultSizeLimitExceeded',
  'InvalidAuthenticationToken',
  'InvalidInput',
  'OperationNotFound',
  'Request_BadRequest',
  'Request_ResourceNotFound',
  'Request_ThrottledPermanently',
  'Request_ThrottledTemporarily',
  'Request_UnsupportedQuery',
  'SharedAccessSignatureTokenInvalid',
  'StorageLocationAlreadyUsed',
  'StorageLocationInvalid',
  'StorageLocationNeedsWriteAddPermissions',
  'StorageLocationNotAzureBlob',
  'StorageLocationNotServiceSAS',
  'StorageLocationShouldNotAllowListAccess',
  'StorageLocationShouldNotAllowReadAccess',
  'StorageLocationShouldSupportAppendBlobs',
  'TooManyRequests',
  'serviceNotAvailable',
] as const;

/** One of `GRAPH_ERROR_CODES`. */
export type GraphErrorCode = (typeof GRAPH_ERROR_CODES)[number];

const FAR_END = 'directory';
const THROTTLED = codes('TooManyRequests', 'Request_ThrottledTemporarily');
const LATER = codes(
  'Directory_ReplicaUnavailable',
  'Directory_ConcurrencyViolation',
  'ConcurrencyConflict',
  'serviceNotAvailable',
);
const ABSENT = codes('Request_ResourceNotFound', 'Directory_ObjectNotFound');

/**
 * The most specific code that we know in the body of an error: the innermost one. Inner errors are looked for under both
 * spellings that occur (`innerError`, `innererror`). `undefined` for a body that is no error of Graph's.
 */
export function mostSpecificCode(body: string): GraphErrorCode | undefined {
  const root = parseOrNothing(body);
  let level: unknown[] = isRecord(root) ? [root['error']] : [];
  let code: GraphErrorCode | undefined;
  while (level.length > 0) {
    const errors = level.filter(isRecord);
    code = errors.map((error) => error['code']).find(isGraphErrorCode) ?? code;
    level = errors.flatMap((error) => [error['innerError'], error['innererror']]);
  }
  return code;
}

/** Whether the directory itself says that there is no such object. A 404 without its words may come from anybody. */
export function isAbsence({ status, body }: HttpAnswer): boolean {
  return status === 404 && ABSENT.has(mostSpecificCode(body));
}

/** The fault that an answer other than success is. Decides by status and code, never by message. */
export function faultOf(answer: HttpAnswer, now: Date): PortFault {
  const { status } = answer;
  const code = mostSpecificCode(answer.body);
  // It says that waiting does not help.
  if (code === 'Request_ThrottledPermanently') return new RequestRefusedError(FAR_END, status, code);
  if (THROTTLED.has(code)) return new ThrottledError(FAR_END, parseRetryAfter(answer.headers.get('retry-after'), now));
  if (LATER.has(code)) return new UnavailableError(FAR_END, status);
  return patienceFault(FAR_END, answer, now) ?? refusalOf(status, code);
}

function refusalOf(status: number, code: GraphErrorCode | undefined): PortFault {
  if (status < 400) return new IndeterminateAnswerError(FAR_END, 'it has an unexpected status');
  if (status === 401) return new NotAuthenticatedError(FAR_END);
  if (status === 403) return new AccessDeniedError(FAR_END, code);
  if (status === 404 && code === undefined) {
    return new IndeterminateAnswerError(FAR_END, 'it is a 404 that is not the directory’s own');
  }
  return new RequestRefusedError(FAR_END, status, code);
}

function codes(...members: readonly GraphErrorCode[]): ReadonlySet<unknown> {
  return new Set(members);
}

function isGraphErrorCode(value: unknown): value is GraphErrorCode {
  return GRAPH_ERROR_CODES.some((code) => code === value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bodies may be missing or come from a proxy: then the status alone speaks. */
function parseOrNothing(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
