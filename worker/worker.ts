import { randomBytes } from 'node:crypto';
import type { NativeConnection, Worker, WorkerOptions } from '@temporalio/worker';
import type { Duration } from '@temporalio/common';
import type { ActivityImplementations } from '../activities';
import type { AuditLog } from '../activities/ports/audit-log';
import { workerDataConverter } from '../codec/data-converter';
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

/** The worker of a closure's Task Queue. Tests and production make it here and nowhere else. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const options: WorkerOptions & { readonly isolateExecutionTimeout: Duration } = {
    connection: parts.connection,
    namespace: parts.namespace,
    taskQueue: parts.taskQueue,
    workflowBundle: parts.workflowBundle,
    activities: { ...parts.activities },
    dataConverter: workerDataConverter,
    interceptors: { activity: [createActivityInterceptors({ ...parts, beat: beatToServer })] },
    // The default names the host, which is nobody's business in a history; workers can be told apart all the same.
    identity: `account-closure-worker@${randomBytes(IDENTITY_BYTES).toString('hex')}`,
    // Without it every running Activity is cancelled the moment a deployment begins.
    shutdownGraceTime: '30 seconds',
    shutdownForceTime: '45 seconds',
    // A worker that was killed leaves its Workflows stuck to it for this long. Closures wait for days and replay in
    // milliseconds: a short one costs nothing and brings a confirmation through within seconds of a restart.
    stickyQueueScheduleToStartTimeout: '1 second',
    // Of the SDK's own, though not yet in its types. A run takes 10,000 Signals at the most, and the SDK spends up to a
    // millisecond on each: all of them in one Workflow Task must not look like a loop without end, which is fatal for ever.
    isolateExecutionTimeout: '1 minute',
  };
  return await TolerantWorker.create(options);
}
