import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { WorkerEvent } from '../../worker/logger';
import { sweepDaily, type SweepOnce } from '../../worker/sweep';

const HOUR_MS = 3_600_000;

let events: WorkerEvent[];
let sweeping: { readonly close: () => void };

beforeEach(() => {
  jest.useFakeTimers();
  events = [];
});

afterEach(() => {
  sweeping.close();
  jest.useRealTimers();
});

async function begin(sweep: SweepOnce): Promise<void> {
  sweeping = sweepDaily(sweep, (event) => events.push(event));
  await jest.advanceTimersByTimeAsync(0);
}

describe('The sweep of a worker', () => {
  it('is made at once, and again every day', async () => {
    let removed = 3;
    await begin(() => Promise.resolve(removed));
    removed = 0;

    expect(events).toEqual([{ event: 'vault-swept', removed: 3 }]);
    await jest.advanceTimersByTimeAsync(24 * HOUR_MS - 1);
    expect(events).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(events.slice(1)).toEqual([{ event: 'vault-swept', removed: 0 }]);
  });

  it('is made again after an hour when it failed, and says by what in opaque codes', async () => {
    let isAway = true;
    await begin(() =>
      isAway
        ? Promise.reject(new UnavailableError({ farEnd: 'identifier-vault', code: 'ECONNREFUSED' }))
        : Promise.resolve(1),
    );
    isAway = false;

    expect(events).toEqual([{ event: 'sweep-failed', errorClass: 'UnavailableError', code: 'ECONNREFUSED' }]);
    await jest.advanceTimersByTimeAsync(HOUR_MS);
    expect(events.slice(1)).toEqual([{ event: 'vault-swept', removed: 1 }]);
  });

  it('ends with the worker, and says nothing of it', async () => {
    let signal: AbortSignal | undefined;
    await begin(async (given) => {
      signal = given;
      await new Promise((_resolve, reject) => {
        given.addEventListener('abort', () => {
          reject(new Error('ended'));
        });
      });
      return 0;
    });

    sweeping.close();
    await jest.advanceTimersByTimeAsync(48 * HOUR_MS);

    expect(signal?.aborted).toBe(true);
    expect(events).toEqual([]);
  });
});
