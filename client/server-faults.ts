import {
  ApplicationFailure,
  Connection,
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { FAILURE_TYPES, type FailureType } from '../workflows/contract/failures';
import { isRefusal } from '../workflows/contract/refusals';
import { AccountClosureError, hasCode, refusal, type FaultCode } from './errors';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/) that mean something of their own here. */
export const GRPC = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const CODES: ReadonlyMap<number, ServerFault> = new Map<number, ServerFault>([
  [GRPC.invalidArgument, 'unexpected-answer'],
  [GRPC.deadlineExceeded, 'timed-out'],
  [GRPC.notFound, 'no-such-closure'],
  [GRPC.permissionDenied, 'access-denied'],
  [GRPC.unimplemented, 'not-supported'],
  [GRPC.unauthenticated, 'access-denied'],
]);

type ServerFault = Extract<
  FaultCode,
  | 'unexpected-answer'
  | 'timed-out'
  | 'no-such-closure'
  | 'access-denied'
  | 'not-supported'
  | 'no-such-namespace'
  | 'unavailable'
>;

/** Which call a fault belongs to. */
interface Call {
  readonly client: Client;
  /** It changes something: whether it did is unknown after some faults. */
  readonly isWrite: boolean;
}

/** The fault behind an error of the Temporal client, told by class and status code; anything else stays as it is. */
export function toClosureError(error: unknown, call: Call): unknown {
  if (error instanceof WorkflowUpdateFailedError) return fromFailedUpdate(error);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return fault('timed-out', call, error);
  if (error instanceof WorkflowNotFoundError) return fault('no-such-closure', call, error);
  if (error instanceof NamespaceNotFoundError) return fault('no-such-namespace', call, error);
  const code = grpcCodeOf(error);
  return code === undefined ? error : fault(CODES.get(code) ?? 'unavailable', call, error);
}

/** Whether a fault of ours stands for this gRPC status. */
export function isFromGrpc(error: unknown, code: number): error is AccountClosureError {
  return error instanceof AccountClosureError && grpcCodeOf(error.cause) === code;
}

/** Whether the error is the client library's, with this gRPC status. */
export function isGrpc(error: unknown, code: number): boolean {
  return grpcCodeOf(error) === code;
}

/** What the server itself said, in its own words. */
export function grpcDetailsOf({ cause }: AccountClosureError): string | undefined {
  if (isGrpcServiceError(cause)) return cause.details;
  return cause instanceof Error && isGrpcServiceError(cause.cause) ? cause.cause.details : undefined;
}

/** An argument that the server refuses in our own words is a search attribute that it does not know, or knows otherwise. */
export function asNotSetUp(error: unknown): unknown {
  if (!hasCode(error, 'unexpected-answer') || !isFromGrpc(error, GRPC.invalidArgument)) return error;
  const message =
    "The namespace lacks the closures' search attributes, or has one of another type: run `closure setup`, which tells (a new one may take a minute to act).";
  return new AccountClosureError('not-set-up', message, { cause: error });
}

/** Failures of the Workflow that only say that it could not be done now. */
const LATER: readonly FailureType[] = ['Throttled', 'Unavailable', 'AuditLogUnavailable', 'TimedOut'];

/** An Update fails alike whether it was refused at once or was accepted first: its type says why. */
function fromFailedUpdate(error: WorkflowUpdateFailedError): AccountClosureError {
  const type = error.cause instanceof ApplicationFailure ? error.cause.type : undefined;
  if (isRefusal(type)) return refusal(type, { cause: error });
  const known = FAILURE_TYPES.find((each) => each === type);
  const code = LATER.some((later) => later === known) ? 'unavailable' : 'unexpected-answer';
  const why = known === undefined ? '' : ` (${known})`;
  return new AccountClosureError(code, `The closure could not carry out the message${why}.`, { cause: error });
}

function fault(code: ServerFault, call: Call, cause: unknown): AccountClosureError {
  return new AccountClosureError(code, MESSAGES[code](call), { cause });
}

/** What is wrong, and what would help. After a change that may have happened, that is said as well. */
const MESSAGES: Readonly<Record<ServerFault, (call: Call) => string>> = {
  'unexpected-answer': () => 'The Temporal server does not accept the call.',
  'timed-out': (call) => `There was no answer in time.${maybeDone(call)}`,
  'no-such-closure': () => 'There is no such closure, or its history is past its retention.',
  'access-denied': () => 'The Temporal server does not accept the credentials, or they may not do this.',
  'not-supported': () => 'This Temporal server does not support the call.',
  'no-such-namespace': ({ client }) =>
    `The Temporal server has no namespace ${client.options.namespace}: TEMPORAL_NAMESPACE names it.`,
  unavailable: (call) => `The Temporal server${placeOf(call)} does not answer now.${maybeDone(call)}`,
};

function maybeDone({ isWrite }: Call): string {
  return isWrite ? ' Whether it took effect is unknown; it is safe to repeat.' : ' It is safe to repeat.';
}

function placeOf({ client: { connection } }: Call): string {
  return connection instanceof Connection ? ` at ${connection.options.address} (TEMPORAL_ADDRESS)` : '';
}

function grpcCodeOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause.code : undefined;
}
