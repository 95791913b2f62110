import { z } from 'zod';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
  type FaultAt,
  type PortFault,
} from '../../ports/faults';
import { faultAt, parseRetryAfter, patienceFault, type HttpAnswer } from '../http';
import { isNaming, isOpaqueCode } from './opaque-codes';

const CONFLICT = 409;
const TOO_EARLY = 425;

const Problem = z.object({ type: z.string().exactOptional(), title: z.string().exactOptional() });

/** What is known of a call whose answer is no success. */
export interface FailedCall {
  readonly at: FaultAt;
  /** Ids of the person that the call was about: a code that has one of them goes no further. */
  readonly ids: readonly string[];
  readonly now: Date;
}

/** The fault that an answer other than a documented success is. Decides by status, and by whether a problem is described. */
export function faultOf({ at: call, ids, now }: FailedCall, answer: HttpAnswer): PortFault {
  const { status, headers } = answer;
  const at = faultAt(call, answer);
  if (status === CONFLICT || status === TOO_EARLY) {
    const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
    return retryAfterMs === undefined ? new UnavailableError(at) : new ThrottledError(at, retryAfterMs);
  }
  return patienceFault(call, answer, now) ?? refusalOf(at, answer, ids);
}

/** Whether the answer describes a problem (RFC 9457). A page of some gateway does not: it is not the service that refuses. */
export function isProblem({ headers, body }: HttpAnswer): boolean {
  const mediaType = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === 'application/problem+json' && Problem.safeParse(parseOrNothing(body)).success;
}

function refusalOf(at: FaultAt, answer: HttpAnswer, ids: readonly string[]): PortFault {
  const { status } = answer;
  if (status < 300) return new IndeterminateAnswerError(at, 'its status is none of the documented ones');
  if (status < 400) return new IndeterminateAnswerError(at, 'it leads elsewhere, and redirects are not followed');
  const code = isProblem(answer) ? problemCode(answer.body, ids) : undefined;
  const coded = code === undefined ? at : { ...at, code };
  if (status === 401) return new NotAuthenticatedError(coded);
  if (status === 403) return new AccessDeniedError(coded);
  return isProblem(answer)
    ? new RequestRefusedError(coded)
    : new IndeterminateAnswerError(at, 'it refuses without a problem body');
}

/** The last part of the problem type's path, or of its URN. */
function problemCode(body: string, ids: readonly string[]): string | undefined {
  const problem = Problem.safeParse(parseOrNothing(body));
  const type = problem.data?.type?.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const code = type?.slice(type.lastIndexOf('/') + 1) ?? '';
  return code !== 'about:blank' && isOpaqueCode(code) && !isNaming(code, ids) ? code : undefined;
}

/** Bodies may come from anybody: then the status alone speaks. */
function parseOrNothing(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
