import type { Context } from '@temporalio/activity';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { Guid } from '../workflows/contract/account';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { UnavailableError } from './ports/faults';

type WorkflowService = Context['client']['workflowService'];

/** Where closures run, and the questions about them. */
export interface ClosureRuns {
  readonly service: Pick<WorkflowService, 'describeWorkflowExecution' | 'listWorkflowExecutions'>;
  readonly namespace: string;
}

/** What Temporal knows of a closure. `unknown`: no run of it, or none any more, or it is another namespace that was asked. */
export type ClosureLook = 'goes-on' | 'ended' | 'unknown';

/**
 * Whether the run that the Workflow id leads to is open and this closure's: another one may have the account now. Asks for the run
 * itself, so the answer does not lag.
 * @throws UnavailableError when Temporal does not answer, or the run has not said yet whose it is
 */
export async function goesOn(
  runs: ClosureRuns,
  { workflowId, closureId }: { readonly workflowId: string; readonly closureId: Guid },
): Promise<boolean> {
  const run = await runOf(runs, workflowId);
  if (!isOpen(run)) return false;
  const owner = ownerOf(run);
  // It publishes whose it is in its first moments; until then it may be this closure's.
  if (owner === undefined) throw new UnavailableError({ farEnd: 'temporal', operation: DESCRIBE });
  return owner === closureId;
}

/**
 * What has become of a closure, by visibility and then by the run itself: a reset run that visibility does not show yet goes on.
 * @throws UnavailableError when Temporal does not answer, or a run has not said yet whose it is
 */
export async function lookAtClosure(runs: ClosureRuns, closureId: Guid): Promise<ClosureLook> {
  const query = `WorkflowType = "${ACCOUNT_CLOSURE}" AND ${CLOSURE_ID} = "${closureId}"`;
  const { executions } = await askingTemporal('temporal.list-closures', () =>
    runs.service.listWorkflowExecutions({ namespace: runs.namespace, query }),
  );
  const found = executions;
  if (found.length === 0) return 'unknown';
  if (found.some(isOpen)) return 'goes-on';
  for (const workflowId of new Set(found.map(({ execution }) => execution?.workflowId ?? ''))) {
    if (await goesOn(runs, { workflowId, closureId })) return 'goes-on';
  }
  return 'ended';
}

/** Whatever ails Temporal is a far end that does not answer: what it says may quote anything. */
export async function askingTemporal<T>(operation: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    throw new UnavailableError({ farEnd: 'temporal', operation });
  }
}

const DESCRIBE = 'temporal.describe-closure';
const CLOSURE_ID = SEARCH_ATTRIBUTES.closureId.name;
/** `WorkflowExecutionStatus` of a run that goes on: running, and paused by an operator. */
const OPEN = [1, 8];
/** gRPC. */
const NOT_FOUND = 5;

type Run = Awaited<ReturnType<WorkflowService['describeWorkflowExecution']>>['workflowExecutionInfo'];

function isOpen(run: Run): boolean {
  return OPEN.includes(Number(run?.status));
}

/** As it comes: the SDK's own reading decodes everything, and a memo that nobody can read would hide the rest. */
async function runOf({ service, namespace }: ClosureRuns, workflowId: string): Promise<Run> {
  return await askingTemporal(DESCRIBE, async () => {
    try {
      const question = { namespace, execution: { workflowId } };
      return (await service.describeWorkflowExecution(question)).workflowExecutionInfo;
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === NOT_FOUND) return undefined;
      throw fault;
    }
  });
}

function ownerOf(run: Run): unknown {
  return read(run?.memo?.fields?.[CLOSURE_ID_MEMO]) ?? read(run?.searchAttributes?.indexedFields?.[CLOSURE_ID]);
}

function read(payload: Payload | null | undefined): unknown {
  try {
    return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
  } catch {
    return undefined;
  }
}
