import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { confirmationUpdateId, signConfirmation } from '../workflows/contract/confirmation';
import {
  confirmUpdate,
  resolveUpdate,
  withdrawUpdate,
  type AccountClosureWorkflow,
  type Resolution,
} from '../workflows/contract/messages';
import type { ClosureStatus } from '../workflows/contract/status';
import { seedOf } from './confirmation-token';
import { AccountClosureError, refusal } from './errors';
import { describeRun, findClosure, type ClosureRun } from './find-closure';
import { observed, readStatus, readStatusNow, type ObservedClosure } from './read-status';
import { callServer, grpcCodeOf, hasCode, UPDATE_TIMEOUT_MS } from './server-calls';

const FAILED_PRECONDITION = 9;
const ATTEMPTS = 6;
const PAUSE_MS = 100;

/** The person's yes. */
export interface ConfirmRequest {
  /** The token that the closure was requested with. */
  readonly token: string;
  /** `planDigest` of the status that was shown to the person. */
  readonly planDigest: string;
}

/** A message under one Update id, so that it is one message however often it is sent; `finished` answers for a closure that is over. */
interface Message {
  readonly updateId: string;
  readonly send: (handle: WorkflowHandle<AccountClosureWorkflow>, updateId: string) => Promise<ClosureStatus>;
  readonly finished: (status: ObservedClosure) => ObservedClosure;
}

/**
 * Confirms the plan. A repeat of the accepted confirmation succeeds while the closure is open.
 * @throws AccountClosureError `wrong-token`, `stale-plan`, `not-awaiting-confirmation`, `timed-out` (safe to repeat)
 */
export async function confirmClosure(
  client: Client,
  id: string,
  { token, planDigest }: ConfirmRequest,
): Promise<ObservedClosure> {
  const seed = seedOf(token);
  const digest = planDigest.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw new AccountClosureError('invalid-argument', 'A planDigest is 64 hexadecimal digits.', {
      field: 'planDigest',
    });
  }
  const run = await findClosure(client, id);
  const confirmation = signConfirmation(seed, run.closureId, digest);
  return deliver(client, run, {
    updateId: confirmationUpdateId(confirmation),
    send: (handle, updateId) => handle.executeUpdate(confirmUpdate, { args: [confirmation], updateId }),
    finished: (status) => {
      throw refusal('not-awaiting-confirmation', { status });
    },
  });
}

/**
 * Takes the request back. Repeating it on a withdrawn closure succeeds.
 * @throws AccountClosureError `past-point-of-no-return`, `closure-has-ended`, `timed-out` (safe to repeat)
 */
export async function withdrawClosure(client: Client, id: string): Promise<ObservedClosure> {
  const run = await findClosure(client, id);
  const finished = (status: ObservedClosure): ObservedClosure =>
    status.phase === 'withdrawn' ? status : hasEnded(status);
  try {
    return await deliver(client, run, {
      updateId: randomUUID(),
      send: (handle, updateId) => handle.executeUpdate(withdrawUpdate, { updateId }),
      finished,
    });
  } catch (error) {
    if (!hasCode(error, 'past-point-of-no-return')) throw error;
    // The outcome is known a moment before the Workflow ends.
    const status = await readStatusNow(client, run);
    if (status.outcome === undefined) throw error;
    return finished(status);
  }
}

/**
 * Lets a step that waits for an operator go on.
 * @throws AccountClosureError `nothing-to-resolve`, `malformed-resolution`, `closure-has-ended`, `timed-out`
 */
export async function resolveClosure(client: Client, id: string, resolution: Resolution): Promise<ObservedClosure> {
  return deliver(client, await findClosure(client, id), {
    updateId: randomUUID(),
    send: (handle, updateId) => handle.executeUpdate(resolveUpdate, { args: [resolution], updateId }),
    finished: hasEnded,
  });
}

async function deliver(client: Client, run: ClosureRun, message: Message): Promise<ObservedClosure> {
  if (run.description.closeTime !== undefined) return message.finished(await readStatus(client, run));
  const handle = client.workflow.getHandle<AccountClosureWorkflow>(run.workflowId, run.runId);
  try {
    return observed(run, await callServer(client, UPDATE_TIMEOUT_MS, () => sendUntilTaken(handle, message)));
  } catch (error) {
    // The closure may have ended while the message was under way: that is an answer, too.
    if (hasCode(error, 'no-such-closure', 'unexpected-answer')) return afterTheEnd(client, run, { message, error });
    throw error;
  }
}

/**
 * The server gives a message up when the Workflow Task that would have taken it is void, as it is when an Activity ends in
 * the same moment. Nothing has happened then.
 */
async function sendUntilTaken(
  handle: WorkflowHandle<AccountClosureWorkflow>,
  message: Message,
  attempt = 1,
): Promise<ClosureStatus> {
  try {
    return await message.send(handle, message.updateId);
  } catch (error) {
    if (grpcCodeOf(error) !== FAILED_PRECONDITION || attempt === ATTEMPTS) throw error;
  }
  await pause(attempt * PAUSE_MS);
  return sendUntilTaken(handle, message, attempt + 1);
}

async function afterTheEnd(
  client: Client,
  run: ClosureRun,
  { message, error }: { readonly message: Message; readonly error: unknown },
): Promise<ObservedClosure> {
  const now = await describeRun(client, run);
  if (now.description.closeTime === undefined) throw error;
  return message.finished(await readStatus(client, now));
}

function hasEnded(status: ObservedClosure): never {
  throw new AccountClosureError('closure-has-ended', `The closure has ended as ${status.phase}.`, { status });
}
