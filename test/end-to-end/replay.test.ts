import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { z } from 'zod';
import { closureDataConverter } from '../../codec/data-converter';
import { packageRoot } from '../../sandbox/machine';
import { OUTCOMES } from '../../workflows/contract/phases';
import { recordedHistories } from '../support/histories';

// To be recorded again as test/support/record-histories.ts says.
const histories = recordedHistories();

// What differs is said by the error; the server's side of it need not be said as well.
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });

const WORKFLOW_BUNDLE = { codePath: path.join(packageRoot(), 'dist', 'workflow-bundle.js') };

const startEvent = z.object({ workflowExecutionStartedEventAttributes: z.object({ workflowId: z.string() }) });
const recorded = z.object({ events: z.tuple([startEvent], z.unknown()) });

async function replay(json: string): Promise<void> {
  const history: unknown = JSON.parse(json);
  const { workflowId } = recorded.parse(history).events[0].workflowExecutionStartedEventAttributes;
  const options = { workflowBundle: WORKFLOW_BUNDLE, dataConverter: closureDataConverter };
  await Worker.runReplayHistory(options, history, workflowId);
}

function historyOf(story: string): string {
  const found = histories.find(({ name }) => name === story);
  if (found === undefined) throw new Error(`The history ${story} was not recorded.`);
  return found.json;
}

describe('A closure that was begun before the worker was replaced', () => {
  it('was recorded for every outcome, and while it waited', () => {
    const names = histories.map(({ name }) => name);
    const waiting = ['closed', 'expired', 'withdrawn', 'stopped', 'resolved'].map((story) => `${story}-while-waiting`);

    expect(names).toEqual(expect.arrayContaining([...OUTCOMES, 'resolved', 'resolved-while-parked', ...waiting]));
  });

  it.each(histories)('is carried on by this one: $name', async ({ json }) => {
    await expect(replay(json)).resolves.toBeUndefined();
  });

  it('would not be carried on by a Workflow that tells another story, which is noticed', async () => {
    const otherStory = historyOf('closed').replaceAll('"requestExport"', '"requestSomethingElse"');

    await expect(replay(otherStory)).rejects.toThrow(DeterminismViolationError);
  });

  it('would not be carried on by a Workflow that leaves out a step, which is noticed', async () => {
    const shorterStory = historyOf('closed-while-waiting').replaceAll('"awaitExport"', '"planErasure"');

    await expect(replay(shorterStory)).rejects.toThrow(DeterminismViolationError);
  });
});

describe('The recorded histories', () => {
  it('name nothing of the machine that they were recorded on', () => {
    const named = histories.filter(({ json }) => /\/node_modules\/|\/(?:home|root|work|Users)\//.test(json));

    expect(named.map(({ name }) => name)).toEqual([]);
  });
});
