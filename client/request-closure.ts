import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { closureWorkflowId, toGuid, type Account, type Guid } from '../workflows/contract/account';
import { closureIdOf, publicKeyOf } from '../workflows/contract/confirmation';
import type { AccountClosureWorkflow } from '../workflows/contract/messages';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { seedOf } from './confirmation-token';
import { AccountClosureError } from './errors';
import { asNotSetUp, describeRun, findRunOf, type ClosureRun, type RunRef } from './find-closure';
import { CALL_TIMEOUT_MS, callServer, hasCode } from './server-calls';

/** Whose account is to be closed, and the token that the caller has made and stored. */
export interface ClosureRequest {
  /** Tenant id: a GUID, in upper or lower case. */
  readonly tenantId: string;
  /** Object id of the account in that tenant: a GUID, in upper or lower case. */
  readonly objectId: string;
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
  readonly client: Client;
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
    const latest = await latestRun(starter.client, prepared.workflowId);
    const answer = await answerFrom(starter.client, prepared, latest);
    if (answer !== undefined) return answer;
    const run = await start(starter, prepared, latest === undefined);
    if (run !== 'came-and-went') return toAnswer(prepared, run);
  }
  throw new AccountClosureError('unavailable', 'Requests for this account come and go at once: try again.');
}

function prepare({ tenantId, objectId, token }: ClosureRequest): PreparedRequest {
  const account = { tenantId: guidOf('tenantId', tenantId), objectId: guidOf('objectId', objectId) };
  const publicKey = publicKeyOf(seedOf(token));
  const workflowId = closureWorkflowId(account);
  return { account, publicKey, token, closureId: closureIdOf(publicKey, workflowId), workflowId };
}

function guidOf(field: string, text: string): Guid {
  const guid = toGuid(text);
  if (guid !== undefined) return guid;
  throw new AccountClosureError('invalid-argument', `${field} is not a GUID.`, { field });
}

async function latestRun(client: Client, workflowId: string): Promise<ClosureRun | undefined> {
  try {
    return await describeRun(client, { workflowId });
  } catch (error) {
    if (hasCode(error, 'no-such-closure')) return undefined;
    throw error;
  }
}

/** The answer, when there is no need to start anything. */
async function answerFrom(
  client: Client,
  request: PreparedRequest,
  latest: ClosureRun | undefined,
): Promise<RequestedClosure | undefined> {
  if (latest === undefined) return undefined;
  if (latest.closureId === request.closureId) return toAnswer(request, latest);
  const own = await ownFinishedRun(client, request.closureId);
  if (own !== undefined) return toAnswer(request, { ...own, closureId: request.closureId });
  return latest.description.closeTime === undefined ? toAnswer(request, latest) : undefined;
}

/** A run of this token that a later closure of the same account has followed. */
async function ownFinishedRun(client: Client, closureId: Guid): Promise<RunRef | undefined> {
  try {
    return await findRunOf(client, closureId);
  } catch (error) {
    if (hasCode(error, 'not-supported')) return undefined;
    throw error;
  }
}

async function start(
  { client, taskQueue }: ClosureStarter,
  { account, publicKey, workflowId, closureId }: PreparedRequest,
  isFirst: boolean,
): Promise<ClosureRun | 'came-and-went'> {
  try {
    const handle = await callServer(client, CALL_TIMEOUT_MS, () =>
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
          { key: SEARCH_ATTRIBUTES.receivedAt, value: new Date() },
        ],
        staticSummary: STATIC_SUMMARY,
        staticDetails: STATIC_DETAILS,
      }),
    );
    // The server does not say whether it started this run or found it: the memo does.
    return await describeRun(client, { workflowId, runId: handle.firstExecutionRunId });
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
