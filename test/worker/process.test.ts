import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { connectTemporal } from '../../client/connection';
import { startGuarded, type GuardedProcess } from '../../sandbox/guarded-process';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { DEFAULT_TASK_QUEUE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { FIRST_START_MS } from '../support/closure-server';
import { until } from '../support/until';

const MAIN = path.join(__dirname, '..', '..', 'dist', 'worker', 'main.js');
const LONG_MS = 240_000;

let server: TemporalServer;
let workers: readonly GuardedProcess[];
let output = '';

beforeAll(async () => {
  server = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  const environment = {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
    // Nobody listens there: the worker polls all the same.
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing',
  };
  const onOutput = (text: string): void => {
    output += text;
  };
  workers = [1, 2].map(() => startGuarded([process.execPath, MAIN], { environment, onOutput }));
}, FIRST_START_MS);

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await server.close();
});

const lines = (): readonly string[] => output.split('\n').slice(0, -1);

describe('Workers', () => {
  it(
    'can be told apart by those who look at Temporal, and do not name their host',
    async () => {
      const service = connectTemporal({ env: { TEMPORAL_ADDRESS: server.address } });
      const { pollers } = await until(
        () =>
          service.workflowService.describeTaskQueue({
            namespace: server.namespace,
            taskQueue: { name: DEFAULT_TASK_QUEUE },
            taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
          }),
        (found) => found.pollers.length >= 2,
      );
      await service.connection.close();

      const identities = new Set(pollers.map(({ identity }) => identity));
      expect(identities.size).toBe(2);
      for (const identity of identities) expect(identity).toMatch(/^account-closure-worker@[0-9a-f]{8}$/);
    },
    LONG_MS,
  );

  it(
    'say what the native part of the SDK has to say as lines of the log, and nothing else',
    async () => {
      await server.close();

      await until(
        () => Promise.resolve(lines()),
        (said) => said.some((line) => line.includes('"sdkComponent":"core"')),
      );

      const events = lines().map((line): unknown => JSON.parse(line));
      expect(events).toContainEqual(expect.objectContaining({ event: 'temporal', sdkComponent: 'core' }));
      expect(output).not.toContain(server.address);
    },
    LONG_MS,
  );
});
