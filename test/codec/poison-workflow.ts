import {
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isUndecodable } from '../../workflows/contract/undecodable';

/** What a run saw: how many values came, and how many of them were the marker. */
export interface Seen {
  readonly values: number;
  readonly markers: number;
}

/** What came to a run by every way that a payload can come. */
export interface Report {
  readonly input: Seen;
  readonly memo: Seen;
  readonly signals: Seen;
  readonly updates: Seen;
  readonly results: Seen;
  readonly failures: number;
}

export const addSignal = defineSignal<unknown[]>('add');
export const endSignal = defineSignal('end');
export const addUpdate = defineUpdate<Seen, unknown[]>('add');

const { ask } = proxyActivities<{ ask: (question: string) => Promise<unknown> }>({
  taskQueue: 'nobody',
  scheduleToCloseTimeout: '1 hour',
  retry: { maximumAttempts: 1 },
});

function seen(values: readonly unknown[]): Seen {
  return { values: values.length, markers: values.filter(isUndecodable).length };
}

/** Takes whatever comes, and tells at its end what it was. */
export async function takeAll(answers: number, ...input: unknown[]): Promise<Report> {
  const signals: unknown[] = [];
  const updates: unknown[] = [];
  let isOver = false;
  setHandler(addSignal, (...values) => {
    signals.push(...values);
  });
  setHandler(endSignal, () => {
    isOver = true;
  });
  setDefaultSignalHandler((_name, ...values) => {
    signals.push(...values);
  });
  setHandler(addUpdate, (...values) => {
    updates.push(...values);
    return seen(values);
  });
  const results = await Promise.allSettled(Array.from({ length: answers }, () => ask('Well?')));
  await condition(() => isOver);
  const answered = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    input: seen(input),
    memo: seen(Object.values(workflowInfo().memo ?? {})),
    signals: seen(signals),
    updates: seen(updates),
    results: seen(answered),
    failures: results.length - answered.length,
  };
}

/** Asks an Activity of a worker, which can be beaten for. */
export async function askTwice(): Promise<number> {
  const { beAskedTwice } = proxyActivities<{ beAskedTwice: () => Promise<number> }>({
    scheduleToCloseTimeout: '1 hour',
    heartbeatTimeout: '1 minute',
    retry: { initialInterval: '1 millisecond', maximumAttempts: 2 },
  });
  return beAskedTwice();
}
