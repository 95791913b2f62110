import { randomBytes } from 'node:crypto';
import type { NativeConnection, Worker, WorkerOptions } from '@temporalio/worker';
import type { Duration } from '@temporalio/common';
import type { ActivityImplementations } from '../activities';
import type { AuditLog } from '../activities/ports/audit-log';
import { workerDataConverter } from '../codec/data-converter';
import { targetTaskQueue } from '../workflows/contract/names';
import type { TargetName } from '../workflows/contract/targets';
import { createActivityInterceptors } from './activity-interceptors';
import type { EventLog } from './logger';
import { beatToServer } from './server-beat';
import { TolerantWorker } from './tolerant-worker';

/** What a worker is made of. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: ActivityImplementations;
  readonly auditLog: AuditLog;
  readonly say: EventLog;
  /** How long reads of the directory may lag, where a closure's own policy does not say. */
  readonly readsLagMs: number;
  /** The prebuilt Workflow bundle. */
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

const IDENTITY_BYTES = 4;

/** A target that has a rate of its own. */
export interface RatedTarget {
  readonly name: TargetName;
  /** So many Activities a second begin at the most, over all workers. */
  readonly perSecond: number;
}

/** The worker of the closures' Task Queue. Tests and production make it here and nowhere else. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const options: WorkerOptions & { readonly isolateExecutionTimeout: Duration } = {
    ...commonOptions(parts),
    workflowBundle: parts.workflowBundle,
    // A worker that was killed leaves its Workflows stuck to it for this long. Closures wait for days and replay in
    // milliseconds: a short one costs nothing and brings a confirmation through within seconds of a restart.
    stickyQueueScheduleToStartTimeout: '1 second',
    // Of the SDK's own, though not yet in its types. A run takes 10,000 Signals at the most, and the SDK spends up to a
    // millisecond on each: all of them in one Workflow Task must not look like a loop without end, which is fatal for ever.
    isolateExecutionTimeout: '1 minute',
  };
  return await TolerantWorker.create(options);
}

/** The worker of the Task Queue of one target, which the server holds to its rate. */
export async function createTargetWorker(
  parts: Omit<WorkerParts, 'workflowBundle'>,
  { name, perSecond }: RatedTarget,
): Promise<Worker> {
  return await TolerantWorker.create({
    ...commonOptions(parts),
    taskQueue: targetTaskQueue(parts.taskQueue, name),
    maxTaskQueueActivitiesPerSecond: perSecond,
  });
}

function commonOptions(parts: Omit<WorkerParts, 'workflowBundle'>): WorkerOptions {
  return {
    connection: parts.connection,
    namespace: parts.namespace,
    taskQueue: parts.taskQueue,
    activities: { ...parts.activities },
    dataConverter: workerDataConverter,
    interceptors: { activity: [createActivityInterceptors({ ...parts, beat: beatToServer })] },
    // The default names the host, which is nobody's business in a history; workers can be told apart all the same.
    identity: `account-closure-worker@${randomBytes(IDENTITY_BYTES).toString('hex')}`,
    // Without it every running Activity is cancelled the moment a deployment begins.
    shutdownGraceTime: '30 seconds',
    shutdownForceTime: '45 seconds',
  };
}
