import {
  ApplicationFailure,
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { AccountClosureError, isRefusal, refusal, type FaultCode } from './errors';

/** How long a read or a start may take, the client library's own retries included. */
export const CALL_TIMEOUT_MS = 10_000;

/** How long a message to the Workflow may take: it needs a worker, which may have to replay first. */
export const UPDATE_TIMEOUT_MS = 30_000;

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/) that mean something of their own here. */
const CODES: ReadonlyMap<number, ServerFault> = new Map<number, ServerFault>([
  [3, 'unexpected-answer'],
  [4, 'timed-out'],
  [5, 'no-such-closure'],
  [7, 'access-denied'],
  [12, 'not-supported'],
  [16, 'access-denied'],
]);

const MESSAGES = {
  'unexpected-answer': 'The Temporal server does not accept the call.',
  'timed-out': 'There was no answer in time; whether it took effect is unknown. It is safe to repeat.',
  'no-such-closure': 'There is no such closure, or its history is past its retention.',
  'access-denied': 'The Temporal server does not accept the credentials, or they may not do this.',
  'not-supported': 'This Temporal server does not support the call.',
  'no-such-namespace': 'The Temporal namespace does not exist.',
  unavailable: 'The Temporal server does not answer now. It is safe to repeat.',
} as const satisfies Partial<Record<FaultCode, string>>;

type ServerFault = keyof typeof MESSAGES;

/**
 * Calls the server within a time limit.
 * @throws AccountClosureError for every fault of the server, the connection and the Workflow; defects pass through
 */
export async function callServer<R>(client: Client, timeoutMs: number, call: () => Promise<R>): Promise<R> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, call);
  } catch (error) {
    throw toClosureError(error);
  }
}

/** The fault behind an error of the Temporal client, told by class and status code; anything else stays as it is. */
function toClosureError(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError) return fromFailedUpdate(error);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return fault('timed-out', error);
  if (error instanceof WorkflowNotFoundError) return fault('no-such-closure', error);
  if (error instanceof NamespaceNotFoundError) return fault('no-such-namespace', error);
  const code = grpcCodeOf(error);
  return code === undefined ? error : fault(CODES.get(code) ?? 'unavailable', error);
}

/** Whether the error is the client's, with this code. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is AccountClosureError {
  return error instanceof AccountClosureError && codes.includes(error.code);
}

/** The gRPC status code of an error or of its cause. */
export function grpcCodeOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause.code : undefined;
}

function fromFailedUpdate(error: WorkflowUpdateFailedError): AccountClosureError {
  const type = error.cause instanceof ApplicationFailure ? error.cause.type : undefined;
  if (isRefusal(type)) return refusal(type, { cause: error });
  return new AccountClosureError('unexpected-answer', 'The closure could not carry out the message.', { cause: error });
}

function fault(code: ServerFault, cause: unknown): AccountClosureError {
  return new AccountClosureError(code, MESSAGES[code], { cause });
}
