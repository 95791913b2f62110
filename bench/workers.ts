import { Context } from '@temporalio/activity';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities';
import { createWorker, type WorkerParts } from '../worker/worker';
import { closureIdOf, closureWorkflowId, forgetWorkflowId } from '../workflows/contract/ids';
import type { BareActivities, bareFollowUp } from './bare-workflow';
import { createPortsInProcess } from './ports-in-process';
import { THREE_TARGETS, WITHOUT_FILE } from './targets-in-process';
import { taskQueueOf, type Variant } from './variants';

/** Where a worker works. */
export interface WorkerPlace {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/** The worker as production makes it, on far ends that answer in process. */
export async function createOurWorker(
  place: WorkerPlace,
  workflowBundle: WorkerParts['workflowBundle'],
  variant: Exclude<Variant, 'bare'> = 'ours',
): Promise<Worker> {
  const ports = createPortsInProcess(variant === 'three' ? THREE_TARGETS : WITHOUT_FILE);
  const { auditLog, policy } = ports;
  return await createWorker({
    ...place,
    taskQueue: taskQueueOf(variant),
    activities: createActivities(ports),
    auditLog,
    readsLagMs: policy.readsLagMs,
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
  await client.workflow.signalWithStart<typeof bareFollowUp>('bareFollowUp', {
    signal: 'arrange',
    signalArgs: [],
    workflowId: forgetWorkflowId(closureIdOf(request.publicKey, closureWorkflowId(request.account))),
    taskQueue: info.taskQueue,
    args: [request],
  });
};
