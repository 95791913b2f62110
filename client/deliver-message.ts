import type { Client, WorkflowHandle } from '@temporalio/client';
import type { AccountClosureWorkflow } from '../workflows/contract/messages';
import type { ClosureStatus } from '../workflows/contract/status';
import { hasCode } from './errors';
import { describeRun, type ClosureRun } from './find-closure';
import { stateOf } from './last-known';
import type { ObservedClosure } from './observed-closure';
import { observed, readStatus, readStatusIfAnswered } from './read-status';
import { GRPC, isGrpc } from './server-faults';
import { UPDATE_TIMEOUT_MS, type TemporalServer } from './temporal-server';

/** A message under one Update id, so that it is one message however often it is sent; `finished` answers for a closure that is over. */
export interface Message {
  readonly updateId: string;
  readonly send: (handle: WorkflowHandle<AccountClosureWorkflow>, updateId: string) => Promise<ClosureStatus>;
  readonly finished: (status: ObservedClosure) => ObservedClosure;
}

const ATTEMPTS = 6;
const PAUSE_MS = 100;
/** How long a closure that has taken its end may need to show it. */
const ENDING_MS = 2_000;
const ENDING_POLL_MS = 200;

/**
 * Sends the message, and answers the closure as it is after it.
 * @throws AccountClosureError a refusal, `timed-out`, `unavailable`, …
 */
export async function deliver(server: TemporalServer, run: ClosureRun, message: Message): Promise<ObservedClosure> {
  if (stateOf(run.description.status.name) !== 'open') return message.finished(await readStatus(server, run));
  try {
    const send = (client: Client): Promise<ClosureStatus> => {
      const handle = client.workflow.getHandle<AccountClosureWorkflow>(run.workflowId, run.runId);
      return sendUntilTaken(server, message, { handle, attempt: 1 });
    };
    const answer = await server.write(send, UPDATE_TIMEOUT_MS);
    // What was in progress before the message need not be any more.
    return observed({ ...(await describeRun(server, run)), closureId: run.closureId }, answer);
  } catch (error) {
    return afterTheEnd(server, run, { message, error });
  }
}

/**
 * The server gives a message up when the Workflow Task that would have taken it is void, as it is when an Activity ends in
 * the same moment. Nothing has happened then.
 */
async function sendUntilTaken(
  server: TemporalServer,
  message: Message,
  { handle, attempt }: { readonly handle: WorkflowHandle<AccountClosureWorkflow>; readonly attempt: number },
): Promise<ClosureStatus> {
  try {
    return await message.send(handle, message.updateId);
  } catch (error) {
    if (!isGrpc(error, GRPC.failedPrecondition) || attempt === ATTEMPTS) throw error;
  }
  await server.pause(attempt * PAUSE_MS);
  return sendUntilTaken(server, message, { handle, attempt: attempt + 1 });
}

/**
 * The closure may have ended while the message was under way, or have its outcome and be about to end: that is an answer,
 * too, and a better one than why the message failed.
 */
async function afterTheEnd(
  server: TemporalServer,
  run: ClosureRun,
  { message, error }: { readonly message: Message; readonly error: unknown },
): Promise<ObservedClosure> {
  const isMaybeOver = hasCode(error, 'no-such-closure', 'unexpected-answer');
  if (!isMaybeOver && !hasCode(error, 'closure-has-ended', 'past-point-of-no-return')) throw error;
  // A refusal is the closure's own word: it knows its outcome already.
  const giveUpAt = isMaybeOver ? Date.now() + ENDING_MS : 0;
  for (;;) {
    const status = await readStatusIfAnswered(server, run);
    if (status?.outcome !== undefined) return message.finished(status);
    if (Date.now() >= giveUpAt) throw error;
    await server.pause(ENDING_POLL_MS);
  }
}
