import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import type { Info } from '@temporalio/activity';
import { createActivities, type ActivityDependencies } from '../../activities';
import type { AuditLog } from '../../activities/ports/audit-log';
import { createActivityInterceptors } from '../../worker/activity-interceptors';
import type { WorkerEvent } from '../../worker/logger';
import type { ClosureActivities } from '../../workflows/contract/activities';
import { SILENT } from './silent-logger';

const MINUTE_MS = 60_000;

/** What an attempt finds around it; whatever is left out is as in a first attempt without time-outs to speak of. */
export interface AttemptSurroundings {
  readonly info?: Partial<Info>;
  readonly client?: Client;
  readonly say?: (event: WorkerEvent) => void;
  readonly onHeartbeat?: (details: unknown) => void;
  /** Is given a way to cancel the attempt. */
  readonly onStarted?: (cancel: () => void) => void;
}

/** The ports of the attempt and the log that its interceptor writes. */
export type AttemptDependencies = ActivityDependencies & { readonly auditLog: AuditLog };

/** One attempt of an Activity as a worker makes it: behind the interceptors that record effects and name faults. */
export async function attempt<Name extends keyof ClosureActivities>(
  dependencies: AttemptDependencies,
  activity: readonly [Name, Parameters<ClosureActivities[Name]>[0]],
  surroundings: AttemptSurroundings = {},
): Promise<unknown> {
  const [name, input] = activity;
  const { info = {}, client, say = () => undefined, onHeartbeat = () => undefined } = surroundings;
  const environment = new MockActivityEnvironment(
    { startToCloseTimeoutMs: 2 * MINUTE_MS, scheduleToCloseTimeoutMs: 0, ...triedFor(0), ...info, activityType: name },
    {
      logger: SILENT,
      interceptors: [createActivityInterceptors(dependencies.auditLog, say)],
      ...(client === undefined ? {} : { client }),
    },
  );
  environment.on('heartbeat', onHeartbeat);
  surroundings.onStarted?.(() => {
    environment.cancel();
  });
  const { auditLog, ...ports } = dependencies;
  return await environment.run<unknown[], unknown, (...args: unknown[]) => Promise<unknown>>(
    implementationOf(ports, name),
    input,
  );
}

/** The Activity retried as Temporal does it, until an attempt succeeds. */
export async function untilDone<Name extends keyof ClosureActivities>(
  dependencies: AttemptDependencies,
  activity: readonly [Name, Parameters<ClosureActivities[Name]>[0]],
  surroundings: AttemptSurroundings = {},
): Promise<unknown> {
  for (let number = 1; number < MOST_ATTEMPTS; number += 1) {
    try {
      return await attempt(dependencies, activity, {
        ...surroundings,
        info: { ...surroundings.info, ...retried(number) },
      });
    } catch {
      // As the server does: the next attempt.
    }
  }
  return await attempt(dependencies, activity, {
    ...surroundings,
    info: { ...surroundings.info, ...retried(MOST_ATTEMPTS) },
  });
}

const MOST_ATTEMPTS = 6;
const BETWEEN_ATTEMPTS_MS = 3 * MINUTE_MS;

/** What the server says of an attempt, when there are some minutes between two. */
function retried(
  number: number,
): Pick<Info, 'attempt' | 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'> {
  return { attempt: number, ...triedFor((number - 1) * BETWEEN_ATTEMPTS_MS) };
}

/** What the server says of an Activity that has been tried for that long. */
export function triedFor(ms: number): Pick<Info, 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'> {
  const scheduledTimestampMs = 1_000_000;
  return { scheduledTimestampMs, currentAttemptScheduledTimestampMs: scheduledTimestampMs + ms };
}

function implementationOf(
  ports: ActivityDependencies,
  name: keyof ClosureActivities,
): (...args: unknown[]) => Promise<unknown> {
  const implementation: unknown = createActivities(ports)[name];
  if (typeof implementation !== 'function') throw new TypeError('Every Activity is a function.');
  return async (...args) => {
    const result: unknown = await Reflect.apply(implementation, undefined, args);
    return result;
  };
}
