import { Context } from '@temporalio/activity';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities';
import { createWorker, type WorkerParts } from '../worker/worker';
import { closureWorkflowId, forgetWorkflowId } from '../workflows/contract/account';
import { closureIdOf } from '../workflows/contract/confirmation';
import type { BareActivities, bareFollowUp } from './bare-workflow';
import { createPortsInProcess } from './ports-in-process';
import { taskQueueOf } from './variants';

/** Where a worker works. */
export interface WorkerPlace {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/** The worker as production makes it, on far ends that answer in process. */
export async function createOurWorker(
  place: WorkerPlace,
  workflowBundle: WorkerParts['workflowBundle'],
): Promise<Worker> {
  const { auditLog, ...ports } = createPortsInProcess();
  return await createWorker({
    ...place,
    taskQueue: taskQueueOf('ours'),
    activities: createActivities(ports),
    auditLog,
    say: () => undefined,
    workflowBundle,
  });
}

/** A worker as the SDK makes it, for the bare Workflow. */
export async function createBareWorker(place: WorkerPlace): Promise<Worker> {
  const nothing = (): Promise<void> => Promise.resolve();
  const activities: BareActivities = { step: nothing, look: nothing, startFollowUp };
  return await Worker.create({
    ...place,
    taskQueue: taskQueueOf('bare'),
    workflowsPath: require.resolve('./bare-workflow'),
    activities: { ...activities },
  });
}

/** The follow-up is a Workflow, too: the server has to do as much for both variants. */
const startFollowUp: BareActivities['startFollowUp'] = async (request) => {
  const { client, info } = Context.current();
  await client.workflow.start<typeof bareFollowUp>('bareFollowUp', {
    workflowId: forgetWorkflowId(closureIdOf(request.publicKey, closureWorkflowId(request.account))),
    taskQueue: info.taskQueue,
    args: [request],
  });
};
