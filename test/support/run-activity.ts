import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import type { Info } from '@temporalio/activity';
import { createActivities, type ActivityDependencies } from '../../activities';
import { createActivityInterceptors } from '../../worker/activity-interceptors';
import type { WorkerEvent } from '../../worker/logger';
import type { ClosureActivities } from '../../workflows/contract/activities';
import { SILENT } from './silent-logger';

const MINUTE_MS = 60_000;

/** The ports of the attempt. */
export type AttemptDependencies = ActivityDependencies;

/** An Activity and its input. */
export type Called<Name extends keyof ClosureActivities> = readonly [Name, Parameters<ClosureActivities[Name]>[0]];

/** What an attempt finds around it; whatever is left out is as in a first attempt without time-outs to speak of. */
export interface AttemptSurroundings {
  readonly info?: Partial<Info>;
  readonly client?: Client;
  readonly say?: (event: WorkerEvent) => void;
  /** Details that the attempt hands on when it fails. */
  readonly onHeartbeat?: (details: unknown) => void;
  /** Acknowledges a beat; by default every one comes through. */
  readonly beat?: (details: unknown) => Promise<void>;
  /** Is given a way to cancel the attempt. */
  readonly onStarted?: (cancel: () => void) => void;
}

/** One attempt of an Activity as a worker makes it: behind the interceptors that record effects and name faults. */
export async function attempt<Name extends keyof ClosureActivities>(
  dependencies: AttemptDependencies,
  [name, input]: Called<Name>,
  surroundings: AttemptSurroundings = {},
): Promise<unknown> {
  const { info = {}, client, say = () => undefined, onHeartbeat = () => undefined } = surroundings;
  const { beat = () => Promise.resolve() } = surroundings;
  const { auditLog, policy } = dependencies;
  const environment = new MockActivityEnvironment(
    { startToCloseTimeoutMs: 2 * MINUTE_MS, scheduleToCloseTimeoutMs: 0, ...triedFor(0), ...info, activityType: name },
    {
      logger: SILENT,
      interceptors: [createActivityInterceptors({ auditLog, say, readsLagMs: policy.readsLagMs, beat })],
      ...(client === undefined ? {} : { client }),
    },
  );
  environment.on('heartbeat', onHeartbeat);
  surroundings.onStarted?.(() => {
    environment.cancel();
  });
  return await environment.run<unknown[], unknown, (...args: unknown[]) => Promise<unknown>>(
    implementationOf(dependencies, name),
    input,
  );
}

/** One Activity as the server retries it: attempts follow one another, and each gets the details that the last one left. */
export class Retries<Name extends keyof ClosureActivities> {
  readonly #dependencies: AttemptDependencies;
  readonly #called: Called<Name>;
  readonly #surroundings: AttemptSurroundings;
  #details: unknown;
  #number = 0;

  constructor(dependencies: AttemptDependencies, called: Called<Name>, surroundings: AttemptSurroundings = {}) {
    this.#dependencies = dependencies;
    this.#called = called;
    this.#surroundings = surroundings;
  }

  /** The next attempt, that long after the Activity was scheduled. `through`: other ports than those it was made with. */
  async at(ageMs: number, through: AttemptDependencies = this.#dependencies): Promise<unknown> {
    this.#number += 1;
    return await attempt(through, this.#called, {
      ...this.#surroundings,
      info: { ...this.#surroundings.info, attempt: this.#number, heartbeatDetails: this.#details, ...triedFor(ageMs) },
      onHeartbeat: (details) => {
        // As they come over the wire.
        this.#details = JSON.parse(JSON.stringify(details));
        this.#surroundings.onHeartbeat?.(details);
      },
    });
  }

  /** Attempts at these ages that are all too early or fail; then the last one. */
  async upTo(agesMs: readonly number[]): Promise<unknown> {
    for (const ageMs of agesMs.slice(0, -1)) {
      const outcome = await this.at(ageMs).then(
        () => 'done',
        () => undefined,
      );
      if (outcome !== undefined) throw new Error(`done already at ${String(ageMs)} ms`);
    }
    return await this.at(agesMs.at(-1) ?? 0);
  }
}

/** The Activity retried as Temporal does it, until an attempt succeeds. */
export async function untilDone<Name extends keyof ClosureActivities>(
  dependencies: AttemptDependencies,
  called: Called<Name>,
  surroundings: AttemptSurroundings = {},
): Promise<unknown> {
  const retries = new Retries(dependencies, called, surroundings);
  for (let number = 0; number < MOST_ATTEMPTS; number += 1) {
    try {
      return await retries.at(number * BETWEEN_ATTEMPTS_MS);
    } catch {
      // As the server does: the next attempt.
    }
  }
  return await retries.at(MOST_ATTEMPTS * BETWEEN_ATTEMPTS_MS);
}

const MOST_ATTEMPTS = 14;
const BETWEEN_ATTEMPTS_MS = 3 * MINUTE_MS;

/** What the server says of an Activity that has been tried for that long. */
export function triedFor(ms: number): Pick<Info, 'scheduledTimestampMs' | 'currentAttemptScheduledTimestampMs'> {
  const scheduledTimestampMs = 1_000_000;
  return { scheduledTimestampMs, currentAttemptScheduledTimestampMs: scheduledTimestampMs + ms };
}

function implementationOf(
  dependencies: ActivityDependencies,
  name: keyof ClosureActivities,
): (...args: unknown[]) => Promise<unknown> {
  const implementation: unknown = createActivities(dependencies)[name];
  if (typeof implementation !== 'function') throw new TypeError('Every Activity is a function.');
  return async (...args) => {
    const result: unknown = await Reflect.apply(implementation, undefined, args);
    return result;
  };
}
