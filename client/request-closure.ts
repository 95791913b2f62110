import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Account, Guid } from '../workflows/contract/account';
import { publicKeyOf } from '../workflows/contract/confirmation';
import { dueBy } from '../workflows/contract/due-by';
import { closureIdOf, closureWorkflowId, tenantKeyOf } from '../workflows/contract/ids';
import type { AccountClosureWorkflow } from '../workflows/contract/messages';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { accountOf, type AccountIds } from './account-ids';
import { seedOf } from './confirmation-token';
import { AccountClosureError, hasCode } from './errors';
import { describeRun, findRunOf, identified, type DescribedRun, type RunRef } from './find-closure';
import { isOutcome } from './observed-closure';
import { asNotSetUp } from './server-faults';
import type { TemporalServer } from './temporal-server';

/** Whose account is to be closed, and the token that the caller has made and stored. */
export interface ClosureRequest extends AccountIds {
  /** From `createConfirmationToken()`. */
  readonly token: string;
}

/** What became of a request. */
export type RequestedClosure =
  /** The closure is this token's own: begun now, or by an earlier request with the same token. */
  | {
      readonly started: true;
      readonly workflowId: string;
      readonly runId: string;
      readonly closureId: Guid;
      readonly token: string;
    }
  /** Another request for this account is open: nothing was begun, and this token is worth nothing for it. */
  | { readonly started: false; readonly workflowId: string; readonly runId: string; readonly closureId: Guid };

/** Where closures are started. */
export interface ClosureStarter {
  readonly server: TemporalServer;
  readonly taskQueue: string;
}

const STATIC_SUMMARY = 'Account closure: verify, export, confirm, erase, verify again';
const STATIC_DETAILS = [
  'Closes one account of an unmanaged tenant. **What it does now, and what it waits for,** is under *Current details*',
  'on the tab User Metadata, in the search attribute `ClosurePhase` and in the answer of the Query `status`.',
  '',
  '- Nothing is erased before the person confirms the plan that was shown.',
  '- Do not terminate it: cancel means withdraw, and only works before the point of no return.',
  '- If `ClosureAttention` is set, repair the cause, then `closure resolve`. See docs/operations.md.',
].join('\n');

const ATTEMPTS = 5;
/** A closure whose outcome is known still arranges what follows it: a moment, unless something is wrong. */
const FINISHING_MS = 10_000;
const FINISHING_POLL_MS = 250;

interface PreparedRequest {
  readonly account: Account;
  readonly workflowId: string;
  readonly closureId: Guid;
  readonly publicKey: string;
  readonly token: string;
}

/**
 * Requests a closure. Safe to repeat with the same token: the answer stays the same, and there is never a second run.
 * @throws AccountClosureError `invalid-argument`, `invalid-token`, `not-set-up`, `unavailable`, `timed-out`
 */
export async function requestClosure(starter: ClosureStarter, request: ClosureRequest): Promise<RequestedClosure> {
  const prepared = prepare(request);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const latest = await latestRun(starter.server, prepared);
    const answer = await answerFrom(starter.server, prepared, latest);
    if (answer !== undefined) return answer;
    const run = await start(starter, prepared, latest === undefined);
    if (run !== 'came-and-went') return toAnswer(prepared, run);
  }
  throw new AccountClosureError('unavailable', 'Requests for this account come and go at once: try again.');
}

function prepare({ token, ...ids }: ClosureRequest): PreparedRequest {
  const account = accountOf(ids);
  const publicKey = publicKeyOf(seedOf(token));
  const workflowId = closureWorkflowId(account);
  return { account, publicKey, token, closureId: closureIdOf(publicKey, workflowId), workflowId };
}

/** The latest run for the account, once it is not just about to end: the outcome of a closure is known before its run ends. */
async function latestRun(server: TemporalServer, request: PreparedRequest): Promise<DescribedRun | undefined> {
  const giveUpAt = Date.now() + FINISHING_MS;
  for (;;) {
    const latest = await describedIfThere(server, request.workflowId);
    const isInTheWay = latest !== undefined && latest.closureId !== request.closureId && isFinishing(latest);
    if (!isInTheWay || Date.now() > giveUpAt) return latest;
    await server.pause(FINISHING_POLL_MS);
  }
}

async function describedIfThere(server: TemporalServer, workflowId: string): Promise<DescribedRun | undefined> {
  try {
    return await describeRun(server, { workflowId });
  } catch (error) {
    if (hasCode(error, 'no-such-closure')) return undefined;
    throw error;
  }
}

function isFinishing(run: DescribedRun): boolean {
  return isOpen(run) && isOutcome(run.description.typedSearchAttributes.get(SEARCH_ATTRIBUTES.phase));
}

function isOpen({ description }: DescribedRun): boolean {
  return description.closeTime === undefined;
}

/** The answer, when there is no need to start anything. */
async function answerFrom(
  server: TemporalServer,
  request: PreparedRequest,
  latest: DescribedRun | undefined,
): Promise<RequestedClosure | undefined> {
  if (latest === undefined) return undefined;
  // Whose a run is that has ended without saying so is nobody's question any more.
  const run = isOpen(latest) ? await identified(server, latest) : latest;
  if (run.closureId === request.closureId) return toAnswer(request, { ...run, closureId: request.closureId });
  const own = await ownFinishedRun(server, request.closureId);
  if (own !== undefined) return toAnswer(request, { ...own, closureId: request.closureId });
  return isOpen(run) && run.closureId !== undefined
    ? toAnswer(request, { ...run, closureId: run.closureId })
    : undefined;
}

/** A run of this token that a later closure of the same account has followed. */
async function ownFinishedRun(server: TemporalServer, closureId: Guid): Promise<RunRef | undefined> {
  try {
    return await findRunOf(server, closureId);
  } catch (error) {
    if (hasCode(error, 'not-supported')) return undefined;
    throw error;
  }
}

async function start(
  { server, taskQueue }: ClosureStarter,
  { account, publicKey, workflowId, closureId }: PreparedRequest,
  isFirst: boolean,
): Promise<(RunRef & { readonly closureId: Guid }) | 'came-and-went'> {
  const receivedAt = new Date();
  try {
    const handle = await server.write((client) =>
      client.workflow.start<AccountClosureWorkflow>(ACCOUNT_CLOSURE, {
        workflowId,
        taskQueue,
        args: [{ account, publicKey }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        // A new closure is allowed after any outcome. Only when no run was seen may none have ended meanwhile either: it
        // could have been this very token's, rejected within milliseconds.
        workflowIdReusePolicy: isFirst ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
        memo: { [CLOSURE_ID_MEMO]: closureId },
        typedSearchAttributes: [
          { key: SEARCH_ATTRIBUTES.closureId, value: closureId },
          { key: SEARCH_ATTRIBUTES.phase, value: 'checking' },
          { key: SEARCH_ATTRIBUTES.receivedAt, value: receivedAt },
          { key: SEARCH_ATTRIBUTES.dueBy, value: dueBy(receivedAt) },
          { key: SEARCH_ATTRIBUTES.tenant, value: tenantKeyOf(account.tenantId) },
        ],
        staticSummary: STATIC_SUMMARY,
        staticDetails: STATIC_DETAILS,
      }),
    );
    // The server does not say whether it started this run or found it: the memo does.
    return await identified(server, await describeRun(server, { workflowId, runId: handle.firstExecutionRunId }));
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'came-and-went';
    throw asNotSetUp(error);
  }
}

function toAnswer(request: PreparedRequest, run: RunRef & { readonly closureId: Guid }): RequestedClosure {
  const { workflowId, runId, closureId } = run;
  if (closureId !== request.closureId) return { started: false, workflowId, runId, closureId };
  return { started: true, workflowId, runId, closureId, token: request.token };
}
