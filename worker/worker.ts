import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { ActivityImplementations } from '../activities';
import type { AuditLog } from '../activities/ports/audit-log';
import { closureDataConverter } from '../codec/data-converter';
import { createActivityInterceptors } from './activity-interceptors';
import type { EventLog } from './logger';

/** What a worker is made of. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: ActivityImplementations;
  readonly auditLog: AuditLog;
  readonly say: EventLog;
  /** The prebuilt Workflow bundle. */
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

/** The worker of a closure's Task Queue. Tests and production make it here and nowhere else. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  return await Worker.create({
    connection: parts.connection,
    namespace: parts.namespace,
    taskQueue: parts.taskQueue,
    workflowBundle: parts.workflowBundle,
    activities: { ...parts.activities },
    dataConverter: closureDataConverter,
    interceptors: { activity: [createActivityInterceptors(parts.auditLog, parts.say)] },
    // The default names the process and the host; neither is anybody's business in a history.
    identity: 'account-closure-worker',
    // Without it every running Activity is cancelled the moment a deployment begins.
    shutdownGraceTime: '30 seconds',
    shutdownForceTime: '45 seconds',
    // A worker that was killed leaves its Workflows stuck to it for this long. Closures wait for days and replay in
    // milliseconds: a short one costs nothing and brings a confirmation through within seconds of a restart.
    stickyQueueScheduleToStartTimeout: '1 second',
  });
}
