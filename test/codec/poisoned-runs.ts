import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { connectTemporal } from '../../client/connection';
import { workerDataConverter } from '../../codec/data-converter';
import { startTemporal } from '../../sandbox/temporal/dev-server';
import { TolerantWorker } from '../../worker/tolerant-worker';
import { FIRST_START_MS } from '../support/closure-server';
import { bundleOf } from '../support/workflow-bundles';
import type { Report, takeAll } from './poison-workflow';

const { EVENT_TYPE_WORKFLOW_TASK_FAILED } = temporal.api.enums.v1.EventType;
const TASK_QUEUE = 'poison';

/** Where the Workflows are that take whatever comes. */
export const WORKFLOWS = path.join(__dirname, 'poison-workflow.ts');

/** What a run is begun with. */
export interface Poisoned {
  readonly input?: readonly Payload[];
  readonly memo?: Readonly<Record<string, Payload>>;
  readonly header?: Readonly<Record<string, Payload>>;
  readonly answers?: number;
  readonly type?: string;
}

interface Started {
  readonly service: Client;
  readonly namespace: string;
  readonly close: () => Promise<void>;
}

/** A server, a worker that takes whatever comes, and the raw calls by which anybody can send it. */
class PoisonedRuns {
  /** By Workflow id: ends the first attempt of its Activity, which fails then. */
  readonly attempts = new Map<string, () => void>();
  #started: Started | undefined;

  get service(): Client {
    return this.#running.service;
  }

  get namespace(): string {
    return this.#running.namespace;
  }

  get #running(): Started {
    if (this.#started === undefined) throw new TypeError('The server is not started yet.');
    return this.#started;
  }

  async open(): Promise<void> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const { address, namespace, close } = await startTemporal({ searchAttributes: [] });
    const service = connectTemporal({ env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } });
    const connection = await NativeConnection.connect({ address });
    const worker = await TolerantWorker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: await bundleOf(WORKFLOWS),
      activities: { beAskedTwice: () => this.#beAskedTwice() },
      dataConverter: workerDataConverter,
    });
    const running = worker.run();
    this.#started = {
      service,
      namespace,
      close: async () => {
        worker.shutdown();
        await running;
        await Promise.all([connection.close(), service.connection.close()]);
        await close();
      },
    };
  }

  async close(): Promise<void> {
    await this.#running.close();
  }

  /** At its first attempt waits until it was beaten for, and fails; its second begins with what those beats said. */
  async #beAskedTwice(): Promise<number> {
    const { attempt, workflowExecution } = Context.current().info;
    if (attempt > 1) return attempt;
    await new Promise<void>((resolve) => this.attempts.set(workflowExecution?.workflowId ?? '', resolve));
    throw new Error('Once more.');
  }

  async start({ input = [], memo = {}, header = {}, answers = 0, type = 'takeAll' }: Poisoned): Promise<string> {
    const workflowId = randomUUID();
    const count: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(String(answers)) };
    await this.service.workflowService.startWorkflowExecution({
      namespace: this.namespace,
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

  async signal(
    workflowId: string,
    signalName: string,
    { input = [], header = {} }: Pick<Poisoned, 'input' | 'header'>,
  ): Promise<void> {
    await this.service.workflowService.signalWorkflowExecution({
      namespace: this.namespace,
      workflowExecution: { workflowId },
      signalName,
      input: { payloads: [...input] },
      header: { fields: { ...header } },
      requestId: randomUUID(),
    });
  }

  /** Ends the run, and tells what it saw: no Workflow Task failed, neither now nor at a replay by another worker. */
  async reportOf(workflowId: string): Promise<Report> {
    await this.signal(workflowId, 'end', {});
    const report = await this.service.workflow.getHandle<typeof takeAll>(workflowId).result();
    await this.assertHealthy(workflowId);
    return report;
  }

  /** @throws Error when a Workflow Task of the run has failed */
  async assertHealthy(workflowId: string): Promise<void> {
    const { history } = await this.service.workflowService.getWorkflowExecutionHistory({
      namespace: this.namespace,
      execution: { workflowId },
    });
    const failed = history?.events?.filter(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_FAILED) ?? [];
    const failures = failed.map(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes?.failure);
    if (failures.length > 0) throw new Error(`Workflow Tasks failed: ${JSON.stringify(failures)}`);
  }
}

/** Starts the server before the tests of a file, and ends it after them. To be called at the file's top level. */
export function poisonedRunsOfThisFile(): PoisonedRuns {
  const runs = new PoisonedRuns();
  beforeAll(() => runs.open(), FIRST_START_MS);
  afterAll(() => runs.close());
  return runs;
}
