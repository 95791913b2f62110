import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { AccountClosureClient, createConfirmationToken } from '../../client';
import { connectTemporal } from '../../client/connection';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { createWorker } from '../../worker/worker';
import { DEFAULT_TASK_QUEUE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { FIRST_START_MS } from '../support/closure-server';
import { createFakeAuditLog } from '../support/fake-audit-log';
import { guid } from '../support/guid';
import { json, payload } from '../support/raw-payloads';
import { StandInActivities } from '../support/stand-in-activities';
import { bundle } from '../support/workflow-bundles';
import { until } from '../support/until';

/** As many as the server takes for one run. */
const MOST_SIGNALS = 10_000;
/** The fewer: each of these has Workflow Tasks of its own, the others come all at once when a worker runs again. */
const WHILE_WORKING = 1_000;
const AT_ONCE = 100;
const LONG_MS = 10 * 60_000;
const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';

const standIn = new StandInActivities();
let temporal: TemporalServer;
let connection: NativeConnection;
let service: Client;
let closures: AccountClosureClient;
let worker: { readonly stop: () => Promise<void> };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  connection = await NativeConnection.connect({ address: temporal.address });
  service = connectTemporal({ env: {}, address: temporal.address, namespace: temporal.namespace });
  closures = new AccountClosureClient({ client: service });
  worker = await startWorker();
}, FIRST_START_MS);

afterAll(async () => {
  await worker.stop();
  await service.connection.close();
  await connection.close();
  await temporal.close();
});

/** What anybody with access to the namespace can send, as often as the server lets them. */
const FLOODS: readonly (readonly [string, (planDigest: string) => FloodSignal])[] = [
  ['confirmations with a wrong signature over the right plan', (planDigest) => confirmation(planDigest)],
  ['confirmations of another plan', () => confirmation('cd'.repeat(32))],
  ['confirmations without a form', () => ({ signalName: 'confirm', payloads: [json({ note: 'yes' })] })],
  ['payloads that cannot be decoded', () => ({ signalName: 'confirm', payloads: [payload('json/plain', '{bad')] })],
  ['Signals of a name that nobody knows', () => ({ signalName: 'nobody-knows', payloads: [json('?')] })],
];

interface FloodSignal {
  readonly signalName: string;
  readonly payloads: Payload[];
}

function confirmation(planDigest: string): FloodSignal {
  return { signalName: 'confirm', payloads: [json({ planDigest, signature: 'A'.repeat(86) })] };
}

describe('as many Signals as the server takes for one run, most of them while no worker runs', () => {
  it.each(FLOODS)(
    '%s: the closure still answers, and can be confirmed',
    async (_kind, toSignal) => {
      const { workflowId, token, planDigest } = await awaitingConfirmation();
      const signal = toSignal(planDigest);

      await flood(workflowId, signal, WHILE_WORKING);
      await worker.stop();
      await flood(workflowId, signal, MOST_SIGNALS - WHILE_WORKING);
      worker = await startWorker();
      const counted = signal.signalName === 'confirm' ? MOST_SIGNALS : 0;
      await until(
        () => closures.status(workflowId).catch(() => undefined),
        (status) => status?.refusedConfirmations === counted,
        LONG_MS,
      );
      await closures.confirm(workflowId, { token, planDigest });
      const ended = await closures.wait(workflowId, { timeoutMs: LONG_MS });

      expect(ended).toMatchObject({ outcome: 'closed', refusedConfirmations: counted });
    },
    LONG_MS,
  );

  it(
    'withdrawals past the point of no return: they change nothing, and the closure goes on',
    async () => {
      const { workflowId, token, planDigest, objectId } = await awaitingConfirmation();
      standIn.arrange(objectId, { isErasureHeld: true });
      await closures.confirm(workflowId, { token, planDigest });
      await until(
        () => closures.status(workflowId),
        ({ pointOfNoReturnAt }) => pointOfNoReturnAt !== undefined,
      );

      const withdrawal = { signalName: 'withdraw', payloads: [] };
      await flood(workflowId, withdrawal, WHILE_WORKING);
      await worker.stop();
      await flood(workflowId, withdrawal, MOST_SIGNALS - WHILE_WORKING);
      worker = await startWorker();
      standIn.arrange(objectId, {});
      const ended = await closures.wait(workflowId, { timeoutMs: LONG_MS });

      expect(ended.outcome).toBe('closed');
    },
    LONG_MS,
  );
});

async function awaitingConfirmation(): Promise<{
  readonly workflowId: string;
  readonly token: string;
  readonly planDigest: string;
  readonly objectId: ReturnType<typeof guid>;
}> {
  const objectId = guid(randomUUID());
  const token = createConfirmationToken();
  const { workflowId } = await closures.request({ tenantId: TENANT, objectId, token });
  const { planDigest = '' } = await closures.wait(workflowId, { phase: 'awaitingConfirmation', timeoutMs: LONG_MS });
  return { workflowId, token, planDigest, objectId };
}

async function flood(workflowId: string, { signalName, payloads }: FloodSignal, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        service.workflowService.signalWorkflowExecution({
          namespace: temporal.namespace,
          workflowExecution: { workflowId },
          signalName,
          input: { payloads },
          requestId: randomUUID(),
        }),
      ),
    );
  }
}

async function startWorker(): Promise<{ readonly stop: () => Promise<void> }> {
  const started = await createWorker({
    connection,
    namespace: temporal.namespace,
    taskQueue: DEFAULT_TASK_QUEUE,
    workflowBundle: await bundle(),
    activities: standIn.activities,
    auditLog: createFakeAuditLog(),
    readsLagMs: 0,
    say: () => undefined,
  });
  const running = started.run();
  return {
    stop: async () => {
      started.shutdown();
      await running;
    },
  };
}
