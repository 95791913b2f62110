import {
  AccessDeniedError,
  ExportLocationRefusedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
  type FaultAt,
  type PortFault,
} from '../../ports/faults';
import { faultAt, parseRetryAfter, patienceFault, type HttpAnswer } from '../http';

/** Why Graph refuses a container to export into. `StorageLocationAlreadyUsed` of them is a state of its protocol. */
const LOCATION_CODES = [
  'SharedAccessSignatureTokenInvalid',
  'StorageLocationAlreadyUsed',
  'StorageLocationInvalid',
  'StorageLocationNeedsWriteAddPermissions',
  'StorageLocationNotAzureBlob',
  'StorageLocationNotServiceSAS',
  'StorageLocationShouldNotAllowListAccess',
  'StorageLocationShouldNotAllowReadAccess',
  'StorageLocationShouldSupportAppendBlobs',
] as const;

/** The error codes that Microsoft documents for the calls we make. Only these may leave the adapter. */
export const GRAPH_ERROR_CODES = [
  'Authentication_ExpiredToken',
  'Authentication_Unauthorized',
  'Authorization_IdentityDisabled',
  'Authorization_IdentityNotFound',
  'Authorization_RequestDenied',
  'ConcurrencyConflict',
  'Directory_ConcurrencyViolation',
  'Directory_ExpiredPageToken',
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
  'TooManyRequests',
  'serviceNotAvailable',
  ...LOCATION_CODES,
] as const;

/** One of `GRAPH_ERROR_CODES`. */
export type GraphErrorCode = (typeof GRAPH_ERROR_CODES)[number];

const THROTTLED = codes('TooManyRequests', 'Request_ThrottledTemporarily');
const LATER = codes(
  'Directory_ReplicaUnavailable',
  'Directory_ConcurrencyViolation',
  'ConcurrencyConflict',
  'serviceNotAvailable',
  // The list is read again from its beginning.
  'Directory_ExpiredPageToken',
);
const LOCATION = codes(...LOCATION_CODES);

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

/**
 * Whether the directory itself says that the object that the path names is not there. Every other 404 says nothing about it:
 * `Directory_ObjectNotFound` is a directory that cannot read its own tenant, and a gateway has none of these codes. To be
 * asked of calls on one object only: of a collection it may mean the object that the collection hangs on, or a page.
 */
export function isObjectAbsent({ status, body }: HttpAnswer): boolean {
  return status === 404 && mostSpecificCode(body) === 'Request_ResourceNotFound';
}

/** Whether the directory says that it knows no such export: documented as 400, seen as 404. */
export function isOperationUnknown(answer: HttpAnswer): boolean {
  const isRefused = answer.status === 400 || answer.status === 404;
  return (isRefused && mostSpecificCode(answer.body) === 'OperationNotFound') || isObjectAbsent(answer);
}

/** Whether the directory says that the container was exported into before. */
export function isLocationUsed({ status, body }: HttpAnswer): boolean {
  return status === 400 && mostSpecificCode(body) === 'StorageLocationAlreadyUsed';
}

/** The fault that an answer other than success is. Decides by status and code, never by message. */
export function faultOf(call: FaultAt, answer: HttpAnswer, now: Date): PortFault {
  const code = mostSpecificCode(answer.body);
  const at = { ...faultAt(call, answer), ...(code === undefined ? {} : { code }) };
  // It says that waiting does not help.
  if (code === 'Request_ThrottledPermanently') return new RequestRefusedError(at);
  if (THROTTLED.has(code)) return new ThrottledError(at, parseRetryAfter(answer.headers.get('retry-after'), now));
  if (LATER.has(code)) return new UnavailableError(at);
  return patienceFault(at, answer, now) ?? refusalOf(at, answer.status);
}

function refusalOf(at: FaultAt, status: number): PortFault {
  if (status < 400) return new IndeterminateAnswerError(at, 'it has an unexpected status');
  if (LOCATION.has(at.code)) return new ExportLocationRefusedError(at);
  if (status === 401) return new NotAuthenticatedError(at);
  if (status === 403) return new AccessDeniedError(at);
  if (status === 404) return new IndeterminateAnswerError(at, 'it is a 404 that does not speak of the object');
  return new RequestRefusedError(at);
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
