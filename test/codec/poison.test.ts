import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { connectTemporal } from '../../client/connection';
import { closureDataConverter, workerDataConverter } from '../../codec/data-converter';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { TolerantWorker } from '../../worker/tolerant-worker';
import { FIRST_START_MS } from '../support/closure-server';
import { until } from '../support/until';
import { CANARY, POISON_FOR_SERVERS } from './poison-payloads';
import type { Report, takeAll } from './poison-workflow';

const { EVENT_TYPE_WORKFLOW_TASK_FAILED } = temporal.api.enums.v1.EventType;
const { UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED } =
  temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
const TASK_QUEUE = 'poison';
const LONG_MS = 300_000;

const payloads: readonly Payload[] = POISON_FOR_SERVERS.map(([, payload]) => payload);
const fields: Record<string, Payload> = Object.fromEntries(payloads.map((one, index) => [`field-${index}`, one]));

let server: TemporalServer;
let service: ReturnType<typeof connectTemporal>;
let worker: Worker;
let connection: NativeConnection;
let running: Promise<void>;
const attempts = new Map<string, () => void>();

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startTemporal({ searchAttributes: [] });
  service = connectTemporal({ env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace } });
  connection = await NativeConnection.connect({ address: server.address });
  const workflowsPath = path.join(__dirname, 'poison-workflow.ts');
  worker = await TolerantWorker.create({
    connection,
    namespace: server.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    activities: { beAskedTwice },
    dataConverter: workerDataConverter,
  });
  running = worker.run();
}, FIRST_START_MS);

afterAll(async () => {
  worker.shutdown();
  await running;
  await Promise.all([connection.close(), service.connection.close()]);
  await server.close();
});

/** At its first attempt waits until it was beaten for, and fails; its second begins with what those beats said. */
async function beAskedTwice(): Promise<number> {
  const { attempt, workflowExecution } = Context.current().info;
  if (attempt > 1) return attempt;
  await new Promise<void>((resolve) => attempts.set(workflowExecution?.workflowId ?? '', resolve));
  throw new Error('Once more.');
}

interface Poisoned {
  readonly input?: readonly Payload[];
  readonly memo?: Readonly<Record<string, Payload>>;
  readonly header?: Readonly<Record<string, Payload>>;
  readonly answers?: number;
  readonly type?: string;
}

async function start({ input = [], memo = {}, header = {}, answers = 0, type = 'takeAll' }: Poisoned): Promise<string> {
  const workflowId = randomUUID();
  const count: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(String(answers)) };
  await service.workflowService.startWorkflowExecution({
    namespace: server.namespace,
    workflowId,
    requestId: randomUUID(),
    workflowType: { name: type },
    taskQueue: { name: TASK_QUEUE },
    input: { payloads: [count, ...input] },
    memo: { fields: { ...memo } },
    header: { fields: { ...header } },
  });
  return workflowId;
}

async function signal(
  workflowId: string,
  signalName: string,
  { input = [], header = {} }: Pick<Poisoned, 'input' | 'header'>,
): Promise<void> {
  await service.workflowService.signalWorkflowExecution({
    namespace: server.namespace,
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: [...input] },
    header: { fields: { ...header } },
    requestId: randomUUID(),
  });
}

/** Ends the run, and tells what it saw: no Workflow Task failed, neither now nor at a replay by another worker. */
async function reportOf(workflowId: string): Promise<Report> {
  await signal(workflowId, 'end', {});
  const report = await service.workflow.getHandle<typeof takeAll>(workflowId).result();
  await expectHealthy(workflowId);
  return report;
}

async function expectHealthy(workflowId: string): Promise<void> {
  const { history } = await service.workflowService.getWorkflowExecutionHistory({
    namespace: server.namespace,
    execution: { workflowId },
  });
  const failed = history?.events?.filter(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_FAILED) ?? [];
  expect(failed.map(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes?.failure)).toEqual([]);
}

const all = (values: unknown): object => ({ values, markers: expect.any(Number) });

describe('A run that is sent whatever the SDK would throw at', () => {
  it(
    'takes it as Signals, one by one, and goes on',
    async () => {
      const workflowId = await start({});

      for (const one of payloads) await signal(workflowId, 'add', { input: [one] });

      expect(await reportOf(workflowId)).toMatchObject({ signals: all(payloads.length) });
    },
    LONG_MS,
  );

  it(
    'takes it in the header of a Signal of any name, and goes on',
    async () => {
      const workflowId = await start({});

      await signal(workflowId, 'of-any-name', { header: fields, input: payloads });

      expect(await reportOf(workflowId)).toMatchObject({ signals: all(payloads.length) });
    },
    LONG_MS,
  );

  it(
    'takes it as Updates, and answers each',
    async () => {
      const workflowId = await start({});
      for (const one of payloads) {
        const { outcome } = await service.workflowService.updateWorkflowExecution({
          namespace: server.namespace,
          workflowExecution: { workflowId },
          waitPolicy: { lifecycleStage: UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
          request: {
            meta: { updateId: randomUUID() },
            input: { name: 'add', args: { payloads: [one] }, header: { fields: { one } } },
          },
        });
        expect(outcome?.success).toBeDefined();
      }

      expect(await reportOf(workflowId)).toMatchObject({ updates: all(payloads.length) });
    },
    LONG_MS,
  );

  it(
    'takes it as start input, as memo and as header, and is listed and described',
    async () => {
      const workflowId = await start({ input: payloads, memo: fields, header: fields });

      const listed = await until(
        async () => {
          const found: string[] = [];
          for await (const run of service.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
            found.push(run.workflowId);
          return found;
        },
        (found) => found.length > 0,
      );
      const { memo } = await service.workflow.getHandle(workflowId).describe();

      expect(listed).toEqual([workflowId]);
      // The server itself drops those without data.
      expect(Object.keys(memo ?? {}).length).toBeGreaterThan(payloads.length / 2);
      expect(await reportOf(workflowId)).toMatchObject({ input: all(payloads.length), memo: all(expect.any(Number)) });
    },
    LONG_MS,
  );

  it(
    'takes it as results and as failures of Activities, and goes on',
    async () => {
      const workflowId = await start({ answers: payloads.length * 3 });
      const failed = { type: 'Poison', nonRetryable: true };
      const { namespace } = server;
      const next = async (): Promise<{ readonly namespace: string; readonly taskToken: Uint8Array }> => {
        const taskQueue = { name: 'nobody' };
        const { taskToken } = await service.connection.withDeadline(Date.now() + 60_000, () =>
          service.workflowService.pollActivityTaskQueue({ namespace, taskQueue }),
        );
        return { namespace, taskToken };
      };

      for (const one of payloads) {
        await service.workflowService.respondActivityTaskCompleted({ ...(await next()), result: { payloads: [one] } });
        await service.workflowService.respondActivityTaskFailed({
          ...(await next()),
          failure: { message: 'no', applicationFailureInfo: { ...failed, details: { payloads: [one] } } },
        });
        await service.workflowService.respondActivityTaskFailed({
          ...(await next()),
          failure: { message: 'no', encodedAttributes: one, applicationFailureInfo: failed },
        });
      }

      expect(await reportOf(workflowId)).toMatchObject({
        results: all(payloads.length),
        failures: payloads.length * 2,
      });
    },
    LONG_MS,
  );

  it(
    'takes it as beats of an Activity, whose next attempt begins all the same',
    async () => {
      const workflowId = await start({ type: 'askTwice' });
      const end = await until(
        () => Promise.resolve(attempts.get(workflowId)),
        (resolve) => resolve !== undefined,
      );

      await service.workflowService.recordActivityTaskHeartbeatById({
        namespace: server.namespace,
        workflowId,
        activityId: '1',
        details: { payloads: [...payloads].reverse() },
      });
      end?.();

      await expect(service.workflow.getHandle(workflowId).result()).resolves.toEqual(expect.any(Number));
      await expectHealthy(workflowId);
    },
    LONG_MS,
  );

  it(
    'would quote the payload in history if it threw: nothing in history does',
    async () => {
      const workflowId = await start({});
      await signal(workflowId, 'add', { input: payloads, header: fields });
      await reportOf(workflowId);

      const { events } = await service.workflow.getHandle(workflowId).fetchHistory();
      const failures = JSON.stringify(events?.map(({ workflowTaskFailedEventAttributes: failed }) => failed));

      expect(failures).not.toContain(CANARY);
    },
    LONG_MS,
  );

  it(
    'is carried on by a worker that has to replay it',
    async () => {
      const workflowId = await start({ input: payloads, memo: fields, header: fields });
      await signal(workflowId, 'add', { input: payloads, header: fields });
      await reportOf(workflowId);
      const history = await service.workflow.getHandle(workflowId).fetchHistory();

      await expect(
        TolerantWorker.runReplayHistory(
          { workflowsPath: path.join(__dirname, 'poison-workflow.ts'), dataConverter: closureDataConverter },
          history,
          workflowId,
        ),
      ).resolves.toBeUndefined();
    },
    LONG_MS,
  );
});
