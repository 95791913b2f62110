import type { Client } from '@temporalio/client';
import type { OnProgress } from '../sandbox/progress';
import { begin, finish, planDigestOf, sayYes, type Bench } from './closures';
import { createPeople, type Person } from './people';
import type { Server } from './variants';
import { WaitingClosures } from './waiting-closures';
import { startWorkerChild } from './worker-child';

const KILLS = 5;
const WAITING_CLOSURES = 20;

/**
 * How long a confirmation takes that is sent right after the worker was killed with SIGKILL and started again, while closures
 * wait for it. Milliseconds, the 95th percentile of all.
 */
export async function measureRecovery(
  { client, server }: { readonly client: Client; readonly server: Server },
  onProgress: OnProgress,
): Promise<number> {
  const bench: Bench = { client, variant: 'ours', waiting: new WaitingClosures(client, 'ours') };
  const tookMs: number[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    tookMs.push(...(await killOnce(bench, server)));
    onProgress(`Killed and restarted the worker ${kill} of ${KILLS} times`);
  }
  return percentile(tookMs, 0.95);
}

async function killOnce(bench: Bench, server: Server): Promise<readonly number[]> {
  const people = createPeople(WAITING_CLOSURES);
  const first = await startWorkerChild('ours', server);
  await bench.waiting.lookWhile(Promise.all(people.map((person) => begin(bench, person))));
  const digests = await Promise.all(people.map((person) => planDigestOf(bench, person)));
  await first.kill();

  const second = await startWorkerChild('ours', server);
  try {
    const tookMs = await Promise.all(people.map((person, index) => timed(bench, person, digests[index] ?? '')));
    await Promise.all(people.map((person) => finish(bench, person)));
    return tookMs;
  } finally {
    await second.stop();
  }
}

async function timed(bench: Bench, person: Person, planDigest: string): Promise<number> {
  const sentAt = performance.now();
  await sayYes(bench, person, planDigest);
  return performance.now() - sentAt;
}

/** The smallest of the numbers that at least that share of them does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
