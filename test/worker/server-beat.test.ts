import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { UnavailableError } from '../../activities/ports/faults';
import { closureDataConverter } from '../../codec/data-converter';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { createActivityInterceptors } from '../../worker/activity-interceptors';
import { beatToServer } from '../../worker/server-beat';
import type { CheckEligibilityInput } from '../../workflows/contract/activities';
import { FakeWorld, POLICY } from '../support/fake-world';
import { closureRef } from '../support/inputs';
import type { oneActivity } from '../support/one-activity';
import type { AttemptDependencies } from '../support/run-activity';
import { until } from '../support/until';
import { bundleOf } from '../support/workflow-bundles';

/** The first start on a machine may have to build the server. */
const FIRST_START_MS = 20 * 60_000;

let temporal: TemporalServer;
let native: NativeConnection;
let client: Client;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal({ searchAttributes: [] });
  native = await NativeConnection.connect({ address: temporal.address });
  client = new Client({
    connection: await Connection.connect({ address: temporal.address }),
    namespace: temporal.namespace,
    dataConverter: closureDataConverter,
  });
}, FIRST_START_MS);

afterAll(async () => {
  await client.connection.close();
  await native.close();
  await temporal.close();
});

/** Runs the act with a worker whose Activities work on these ports. */
async function withWorker<T>(dependencies: AttemptDependencies, act: (taskQueue: string) => Promise<T>): Promise<T> {
  const taskQueue = randomUUID();
  const parts = { auditLog: dependencies.auditLog, say: () => undefined, readsLagMs: 0, beat: beatToServer };
  const worker = await Worker.create({
    connection: native,
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle: await bundleOf(path.join(__dirname, '../support/one-activity.ts')),
    activities: { ...createActivities(dependencies) },
    dataConverter: closureDataConverter,
    interceptors: { activity: [createActivityInterceptors(parts)] },
  });
  return await worker.runUntil(act(taskQueue));
}

describe('an Activity on a server', () => {
  it('hands on from attempt to attempt what it has seen, until it is believed', async () => {
    const world = Object.assign(new FakeWorld(), { account: 'gone' as const });
    const input = { ...closureRef(world), policy: { ...POLICY, readsLagMs: 3_000 } };

    const check = await withWorker(world.dependencies, (taskQueue) =>
      client.workflow.execute<typeof oneActivity>('oneActivity', {
        taskQueue,
        workflowId: randomUUID(),
        args: [input],
      }),
    );

    expect(check).toMatchObject({ eligibility: { kind: 'rejected', reason: 'no-such-account' } });
    const looks = world.calls.filter((call) => call === 'findAccount').length;
    expect(looks).toBeGreaterThanOrEqual(4);
    expect(looks).toBeLessThanOrEqual(6);
  }, 60_000);

  it('lives as long as it beats, and learns by a beat that it is cancelled', async () => {
    const { directory, ...others } = new FakeWorld().dependencies;
    // Ends with its signal and never by itself, as a far end that does not answer.
    const findAccount: typeof directory.findAccount = async (_account, signal) => {
      await once(signal, 'abort');
      throw new UnavailableError({ farEnd: 'directory' });
    };

    await withWorker({ ...others, directory: { ...directory, findAccount } }, async (taskQueue) => {
      const args: [CheckEligibilityInput] = [closureRef(new FakeWorld())];
      const options = { taskQueue, workflowId: randomUUID(), args };
      const handle = await client.workflow.start<typeof oneActivity>('oneActivity', options);
      const attemptsWithBeats = async (): Promise<number> => {
        const [activity] = (await handle.describe()).raw.pendingActivities ?? [];
        return activity?.lastHeartbeatTime ? (activity.attempt ?? 0) : 0;
      };
      await until(attemptsWithBeats, (attempts) => attempts > 0);
      // Longer than the time-out of three seconds: without beats a second attempt would run by now.
      await pause(4_000);
      await expect(attemptsWithBeats()).resolves.toBe(1);

      await handle.cancel();

      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    });
  }, 60_000);
});
