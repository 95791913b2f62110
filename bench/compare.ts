import type { Client } from '@temporalio/client';
import type { OnProgress } from '../sandbox/progress';
import { actionsOf } from './actions';
import { closeAll, type Bench } from './closures';
import { createPeople, type Person } from './people';
import type { Server, Variant } from './variants';
import { WaitingClosures } from './waiting-closures';
import { startWorkerChild, type WorkerChild } from './worker-child';

const WARM_UP_CLOSURES = 40;
/** Histories that are read: all closures are alike, so a few are enough to see it. */
const HISTORIES_READ = 10;

/** How much is measured. */
export interface Extent {
  /** Closures in a round. */
  readonly closures: number;
  readonly rounds: number;
}

/** Events and Cloud actions of a history. */
export interface Cost {
  readonly events: number;
  readonly actions: number;
}

/** What was measured of one variant. */
export interface Measured {
  /** Of each round. */
  readonly closuresPerSecond: readonly number[];
  /** Median of the rounds; processor time of the worker's process alone. */
  readonly cpuMsPerClosure: number;
  /** The most memory that the worker's process ever held. */
  readonly peakRssMb: number;
  /** The dearest history that was read. */
  readonly closure: Cost;
  readonly followUp: Cost;
}

/** What was measured of each. */
export type Comparison = Readonly<Record<Variant, Measured>>;

/** Measures all variants on one server, in turns, so that whatever else the machine does befalls all. */
export async function compare(
  { client, server }: { readonly client: Client; readonly server: Server },
  { closures, rounds }: Extent,
  onProgress: OnProgress,
): Promise<Comparison> {
  onProgress('Starting the workers …');
  const ours = await Contestant.start(client, 'ours', server);
  const bare = await Contestant.start(client, 'bare', server);
  const three = await Contestant.start(client, 'three', server);
  try {
    onProgress('Warming up …');
    await inTurns([ours, bare, three], (contestant) => contestant.warmUp());
    for (let round = 1; round <= rounds; round += 1) {
      // Whoever comes second finds a server with more behind it: each comes first every other time.
      await inTurns(round % 2 === 1 ? [ours, bare, three] : [three, bare, ours], (contestant) =>
        contestant.run(closures),
      );
      onProgress(
        `Round ${round} of ${rounds}: ours ${ours.latest}, bare ${bare.latest}, three targets ${three.latest} closures/s`,
      );
    }
    return { ours: await ours.measured(), bare: await bare.measured(), three: await three.measured() };
  } finally {
    await ours.stop();
    await bare.stop();
    await three.stop();
  }
}

async function inTurns(contestants: readonly Contestant[], act: (turn: Contestant) => Promise<void>): Promise<void> {
  for (const contestant of contestants) await act(contestant);
}

/** One variant with its worker. */
class Contestant {
  readonly #bench: Bench;
  readonly #worker: WorkerChild;
  readonly #closuresPerSecond: number[] = [];
  readonly #cpuMsPerClosure: number[] = [];
  #people: readonly Person[] = [];

  private constructor(bench: Bench, worker: WorkerChild) {
    this.#bench = bench;
    this.#worker = worker;
  }

  static async start(client: Client, variant: Variant, server: Server): Promise<Contestant> {
    const worker = await startWorkerChild(variant, server);
    return new Contestant({ client, variant, waiting: new WaitingClosures(client, variant) }, worker);
  }

  async warmUp(): Promise<void> {
    await closeAll(this.#bench, createPeople(WARM_UP_CLOSURES));
  }

  async run(closures: number): Promise<void> {
    this.#people = createPeople(closures);
    const before = await this.#worker.usage();
    this.#closuresPerSecond.push(await closeAll(this.#bench, this.#people));
    const after = await this.#worker.usage();
    this.#cpuMsPerClosure.push((after.cpuMs - before.cpuMs) / closures);
  }

  /** Closures per second of the last round. */
  get latest(): string {
    return (this.#closuresPerSecond.at(-1) ?? 0).toFixed(1);
  }

  async measured(): Promise<Measured> {
    const read = this.#people.slice(-HISTORIES_READ);
    return {
      closuresPerSecond: this.#closuresPerSecond,
      cpuMsPerClosure: median(this.#cpuMsPerClosure),
      peakRssMb: (await this.#worker.usage()).peakRssMb,
      closure: await this.#dearest(read.map(({ workflowId }) => workflowId)),
      followUp: await this.#dearest(read.map(({ followUpId }) => followUpId)),
    };
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
  }

  async #dearest(workflowIds: readonly string[]): Promise<Cost> {
    const costs = await Promise.all(workflowIds.map((workflowId) => this.#costOf(workflowId)));
    return {
      events: Math.max(...costs.map(({ events }) => events)),
      actions: Math.max(...costs.map(({ actions }) => actions)),
    };
  }

  async #costOf(workflowId: string): Promise<Cost> {
    const { events } = await this.#bench.client.workflow.getHandle(workflowId).fetchHistory();
    return { events: events?.length ?? 0, actions: actionsOf(events ?? []) };
  }
}

/** The middle one; between the two in the middle when their number is even. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}
