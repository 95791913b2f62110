import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { closureDataConverter } from '../../codec/data-converter';
import { TolerantWorker } from '../../worker/tolerant-worker';
import { until } from '../support/until';
import { bundleOf } from '../support/workflow-bundles';
import { CANARY, POISON_FOR_SERVERS } from './poison-payloads';
import { poisonedRunsOfThisFile, WORKFLOWS } from './poisoned-runs';

const { UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED } =
  temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
const LONG_MS = 300_000;

const payloads: readonly Payload[] = POISON_FOR_SERVERS.map(([, payload]) => payload);
const fields: Record<string, Payload> = Object.fromEntries(payloads.map((one, index) => [`field-${index}`, one]));

const runs = poisonedRunsOfThisFile();

const all = (values: unknown): object => ({ values, markers: expect.any(Number) });

describe('A run that is sent whatever the SDK would throw at', () => {
  it(
    'takes it as Signals, one by one, and goes on',
    async () => {
      const workflowId = await runs.start({});

      for (const one of payloads) await runs.signal(workflowId, 'add', { input: [one] });

      expect(await runs.reportOf(workflowId)).toMatchObject({ signals: all(payloads.length) });
    },
    LONG_MS,
  );

  it(
    'takes it in the header of a Signal of any name, and goes on',
    async () => {
      const workflowId = await runs.start({});

      await runs.signal(workflowId, 'of-any-name', { header: fields, input: payloads });

      expect(await runs.reportOf(workflowId)).toMatchObject({ signals: all(payloads.length) });
    },
    LONG_MS,
  );

  it(
    'takes it as Updates, and answers each',
    async () => {
      const workflowId = await runs.start({});
      for (const one of payloads) {
        const { outcome } = await runs.service.workflowService.updateWorkflowExecution({
          namespace: runs.namespace,
          workflowExecution: { workflowId },
          waitPolicy: { lifecycleStage: UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
          request: {
            meta: { updateId: randomUUID() },
            input: { name: 'add', args: { payloads: [one] }, header: { fields: { one } } },
          },
        });
        expect(outcome?.success).toBeDefined();
      }

      expect(await runs.reportOf(workflowId)).toMatchObject({ updates: all(payloads.length) });
    },
    LONG_MS,
  );

  it(
    'takes it as start input, as memo and as header, and is listed and described',
    async () => {
      const workflowId = await runs.start({ input: payloads, memo: fields, header: fields });

      const listed = await until(
        async () => {
          const found: string[] = [];
          for await (const run of runs.service.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
            found.push(run.workflowId);
          return found;
        },
        (found) => found.length > 0,
      );
      const { memo } = await runs.service.workflow.getHandle(workflowId).describe();

      expect(listed).toEqual([workflowId]);
      // The server itself drops those without data.
      expect(Object.keys(memo ?? {}).length).toBeGreaterThan(payloads.length / 2);
      expect(await runs.reportOf(workflowId)).toMatchObject({
        input: all(payloads.length),
        memo: all(expect.any(Number)),
      });
    },
    LONG_MS,
  );

  it(
    'takes it as results and as failures of Activities, and goes on',
    async () => {
      const workflowId = await runs.start({ answers: payloads.length * 3 });
      const failed = { type: 'Poison', nonRetryable: true };
      const { namespace } = runs;
      const next = async (): Promise<{ readonly namespace: string; readonly taskToken: Uint8Array }> => {
        const taskQueue = { name: 'nobody' };
        const { taskToken } = await runs.service.connection.withDeadline(Date.now() + 60_000, () =>
          runs.service.workflowService.pollActivityTaskQueue({ namespace, taskQueue }),
        );
        return { namespace, taskToken };
      };

      for (const one of payloads) {
        await runs.service.workflowService.respondActivityTaskCompleted({
          ...(await next()),
          result: { payloads: [one] },
        });
        await runs.service.workflowService.respondActivityTaskFailed({
          ...(await next()),
          failure: { message: 'no', applicationFailureInfo: { ...failed, details: { payloads: [one] } } },
        });
        await runs.service.workflowService.respondActivityTaskFailed({
          ...(await next()),
          failure: { message: 'no', encodedAttributes: one, applicationFailureInfo: failed },
        });
      }

      expect(await runs.reportOf(workflowId)).toMatchObject({
        results: all(payloads.length),
        failures: payloads.length * 2,
      });
    },
    LONG_MS,
  );

  it(
    'takes it as beats of an Activity, whose next attempt begins all the same',
    async () => {
      const workflowId = await runs.start({ type: 'askTwice' });
      const end = await until(
        () => Promise.resolve(runs.attempts.get(workflowId)),
        (resolve) => resolve !== undefined,
      );

      await runs.service.workflowService.recordActivityTaskHeartbeatById({
        namespace: runs.namespace,
        workflowId,
        activityId: '1',
        details: { payloads: [...payloads].reverse() },
      });
      end?.();

      await expect(runs.service.workflow.getHandle(workflowId).result()).resolves.toEqual(expect.any(Number));
      await runs.assertHealthy(workflowId);
    },
    LONG_MS,
  );

  it(
    'would quote the payload in history if it threw: nothing in history does',
    async () => {
      const workflowId = await runs.start({});
      await runs.signal(workflowId, 'add', { input: payloads, header: fields });
      await runs.reportOf(workflowId);

      const { events } = await runs.service.workflow.getHandle(workflowId).fetchHistory();
      const failures = JSON.stringify(events?.map(({ workflowTaskFailedEventAttributes: failed }) => failed));

      expect(failures).not.toContain(CANARY);
    },
    LONG_MS,
  );

  it(
    'is carried on by a worker that has to replay it',
    async () => {
      const workflowId = await runs.start({ input: payloads, memo: fields, header: fields });
      await runs.signal(workflowId, 'add', { input: payloads, header: fields });
      await runs.reportOf(workflowId);
      const history = await runs.service.workflow.getHandle(workflowId).fetchHistory();

      await expect(
        TolerantWorker.runReplayHistory(
          { workflowBundle: await bundleOf(WORKFLOWS), dataConverter: closureDataConverter },
          history,
          workflowId,
        ),
      ).resolves.toBeUndefined();
    },
    LONG_MS,
  );
});
