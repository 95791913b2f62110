import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ageMs, attemptSignal, remainingOverallMs, whileHeartbeating } from '../../activities/attempt';
import { SILENT } from '../support/silent-logger';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

async function inAttempt<T>(info: Partial<Info>, act: () => T): Promise<T> {
  return await new MockActivityEnvironment(info).run<[], T, () => Promise<T>>(() => Promise.resolve(act()));
}

describe('the signal of an attempt', () => {
  it('ends everything one second before the time-out, after which another attempt may run', async () => {
    const signal = await inAttempt({ startToCloseTimeoutMs: 60_000, scheduleToCloseTimeoutMs: 0 }, attemptSignal);

    jest.advanceTimersByTime(58_999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('ends even a very short attempt, though not at once', async () => {
    const signal = await inAttempt({ startToCloseTimeoutMs: 500 }, attemptSignal);

    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it('ends everything when the Activity is cancelled, and keeps that as the reason', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 });
    const signal = await environment.run<[], AbortSignal, () => Promise<AbortSignal>>(() =>
      Promise.resolve(attemptSignal()),
    );

    environment.cancel();
    jest.advanceTimersByTime(60_000);

    expect(signal.reason).toMatchObject({ name: 'CancelledFailure' });
  });

  it('is over from the beginning when the Activity was cancelled before', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 });
    environment.cancel();

    const signal = await environment.run<[], AbortSignal, () => Promise<AbortSignal>>(() =>
      Promise.resolve(attemptSignal()),
    );

    expect(signal.reason).toMatchObject({ name: 'CancelledFailure' });
  });
});

describe('the age of an Activity', () => {
  const info = { scheduledTimestampMs: 1_000, currentAttemptScheduledTimestampMs: 61_000 };

  it('is what lies between the two instants of the server', async () => {
    await expect(inAttempt(info, ageMs)).resolves.toBe(60_000);
  });

  it('is taken from what the Activity may take as a whole', async () => {
    await expect(inAttempt({ ...info, scheduleToCloseTimeoutMs: 100_000 }, remainingOverallMs)).resolves.toBe(40_000);
  });

  it('does not matter when the Activity may take as long as it likes', async () => {
    await expect(inAttempt({ ...info, scheduleToCloseTimeoutMs: 0 }, remainingOverallMs)).resolves.toBe(Infinity);
  });
});

describe('an attempt that heartbeats', () => {
  async function heartbeatsIn(info: Partial<Info>, forMs: number): Promise<number> {
    const environment = new MockActivityEnvironment(info);
    let heartbeats = 0;
    environment.on('heartbeat', () => {
      heartbeats += 1;
    });
    await environment.run(() =>
      whileHeartbeating(() => {
        jest.advanceTimersByTime(forMs);
        return Promise.resolve();
      }),
    );
    jest.advanceTimersByTime(forMs);
    return heartbeats;
  }

  it('does so three times in its time-out, as long as it runs and no longer', async () => {
    await expect(heartbeatsIn({ heartbeatTimeoutMs: 30_000 }, 60_000)).resolves.toBe(6);
  });

  it('does not when nobody waits for it', async () => {
    await expect(heartbeatsIn({}, 60_000)).resolves.toBe(0);
    await expect(heartbeatsIn({ heartbeatTimeoutMs: 0 }, 60_000)).resolves.toBe(0);
  });

  it('stops when it fails', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 30_000 }, { logger: SILENT });
    const heartbeats: unknown[] = [];
    environment.on('heartbeat', (details) => heartbeats.push(details));

    const failing = environment.run(() => whileHeartbeating(() => Promise.reject(new RangeError('broken'))));

    await expect(failing).rejects.toThrow('broken');
    jest.advanceTimersByTime(60_000);
    expect(heartbeats).toEqual([]);
  });
});
