import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import {
  AccountClosureClient,
  connectTemporal,
  createConfirmationToken,
  workflowIdOf,
  type ListedClosure,
} from '../../client';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { ACCOUNT_CLOSURE, DEFAULT_TASK_QUEUE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { CANARY, POISON_FOR_SERVERS } from '../codec/poison-payloads';
import { FIRST_START_MS } from '../support/closure-server';
import { until } from '../support/until';

/** By hand, as anybody who may start Workflows can: what the SDK throws at, in what a list and a description show. */
async function startPoisoned({ address, namespace }: TemporalServer): Promise<string> {
  const workflowId = workflowIdOf({ tenantId: randomUUID(), objectId: randomUUID() });
  const service = connectTemporal({ env: {}, address, namespace });
  await service.workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    requestId: randomUUID(),
    workflowType: { name: ACCOUNT_CLOSURE },
    taskQueue: { name: DEFAULT_TASK_QUEUE },
    memo: { fields: Object.fromEntries(POISON_FOR_SERVERS) },
  });
  await service.connection.close();
  return workflowId;
}

describe.each([
  ['a connection of its own', (address: string) => Connection.connect({ address })],
  ['the connection of a worker', (address: string) => NativeConnection.connect({ address })],
])('a Temporal client that a backend has made with %s', (_which, connect) => {
  let server: TemporalServer;
  let client: Client;
  let closures: AccountClosureClient;
  let poisoned: string;

  beforeAll(async () => {
    server = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
    const { address, namespace } = server;
    client = new Client({ connection: await connect(address), namespace, identity: 'backend@7' });
    closures = new AccountClosureClient({ client });
    poisoned = await startPoisoned(server);
  }, FIRST_START_MS);

  afterAll(async () => {
    await closures.close();
    await server.close();
  });

  async function listAll(): Promise<readonly ListedClosure[]> {
    const all: ListedClosure[] = [];
    for await (const closure of closures.list()) all.push(closure);
    return all;
  }

  it('lists closures, though the memo of one is what the SDK would throw at', async () => {
    const own = { tenantId: randomUUID(), objectId: randomUUID(), token: createConfirmationToken() };
    const { workflowId, closureId } = await closures.request(own);

    const listed = await until(listAll, (all) => all.length === 2);

    expect(listed).toEqual([
      expect.objectContaining({ workflowId, closureId, phase: 'checking' }),
      expect.objectContaining({ workflowId: poisoned, phase: 'unknown' }),
    ]);
  });

  it('is told that such a closure does not answer, not that something unforeseen went wrong', async () => {
    const error = await closures.status(poisoned, { timeoutMs: 2_000 }).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'unavailable', lastKnown: { workflowId: poisoned, state: 'open' } });
    expect(String(error)).not.toContain(CANARY);
  });

  it('sends as whom it was made, and stays as it was', async () => {
    const own = { tenantId: randomUUID(), objectId: randomUUID(), token: createConfirmationToken() };
    const { workflowId } = await closures.request(own);

    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();

    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.identity).toBe('backend@7');
    await expect(client.workflow.getHandle(poisoned).describe()).rejects.toThrow();
  });
});
