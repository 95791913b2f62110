import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { duringAttempt, type Attempt } from '../../activities/attempt';
import type { Beat } from '../../activities/beats';
import { SILENT } from '../support/silent-logger';

const HEARTBEAT_MS = 30_000;
const comesThrough: Beat = () => Promise.resolve();

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** An attempt as the worker makes it, and the details that it leaves. */
function begin<T>(
  { beat = comesThrough, ...info }: Partial<Info> & { readonly beat?: Beat },
  perform: (attempt: Attempt) => Promise<T>,
): { readonly outcome: Promise<T>; readonly left: unknown[]; readonly cancel: () => void } {
  const environment = new MockActivityEnvironment(
    { startToCloseTimeoutMs: 300_000, scheduleToCloseTimeoutMs: 0, ...info },
    { logger: SILENT },
  );
  const left: unknown[] = [];
  environment.on('heartbeat', (details) => left.push(details));
  const outcome = environment.run<[], T, () => Promise<T>>(() => duringAttempt({ readsLagMs: 60_000, beat }, perform));
  return { outcome, left, cancel: environment.cancel };
}

/** The reason for which the signal of an attempt that waits for its end is aborted after so long. */
async function endedAfter(ms: number, info: Parameters<typeof begin>[0], cancelFirst = false): Promise<unknown> {
  let signal: AbortSignal | undefined;
  const { outcome, cancel } = begin(info, async (attempt) => {
    ({ signal } = attempt);
    await new Promise((resolve) => setTimeout(resolve, 400_000));
  });
  if (cancelFirst) cancel();
  await jest.advanceTimersByTimeAsync(ms);
  const reason: unknown = signal?.aborted === true ? signal.reason : 'not ended';
  await jest.advanceTimersByTimeAsync(400_000);
  await outcome;
  return reason;
}

describe('the signal of an attempt', () => {
  it('ends everything one second before the time-out, after which another attempt may run', async () => {
    await expect(endedAfter(58_999, { startToCloseTimeoutMs: 60_000 })).resolves.toBe('not ended');
    await expect(endedAfter(59_000, { startToCloseTimeoutMs: 60_000 })).resolves.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('ends everything before the Activity as a whole has to', async () => {
    const info = { scheduledTimestampMs: 1_000, currentAttemptScheduledTimestampMs: 71_000 };

    await expect(endedAfter(28_999, { ...info, scheduleToCloseTimeoutMs: 100_000 })).resolves.toBe('not ended');
    await expect(endedAfter(29_000, { ...info, scheduleToCloseTimeoutMs: 100_000 })).resolves.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('ends even a very short attempt, though not at once', async () => {
    await expect(endedAfter(0, { startToCloseTimeoutMs: 500 })).resolves.toBe('not ended');
    await expect(endedAfter(1, { startToCloseTimeoutMs: 500 })).resolves.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends everything when the Activity is cancelled, and keeps that as the reason', async () => {
    await expect(endedAfter(60_000, { startToCloseTimeoutMs: 60_000 }, true)).resolves.toMatchObject({
      name: 'CancelledFailure',
    });
  });

  it('ends everything before the server gives the attempt up, when no beat comes through', async () => {
    const beat: Beat = () => Promise.reject(new Error('the server is away'));
    const info = { heartbeatTimeoutMs: HEARTBEAT_MS, beat };

    await expect(endedAfter(24_999, info)).resolves.toBe('not ended');
    await expect(endedAfter(25_000, info)).resolves.toMatchObject({ name: 'TimeoutError' });
  });

  it('takes a beat that is never answered for one that did not come through', async () => {
    const beat: Beat = () => new Promise(() => undefined);

    await expect(endedAfter(25_000, { heartbeatTimeoutMs: HEARTBEAT_MS, beat })).resolves.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('counts from the last beat that came through', async () => {
    let beats = 0;
    const beat: Beat = () => (++beats <= 2 ? Promise.resolve() : Promise.reject(new Error('the server is away')));
    const info = { heartbeatTimeoutMs: HEARTBEAT_MS, beat };

    await expect(endedAfter(44_999, info)).resolves.toBe('not ended');
    beats = 0;
    await expect(endedAfter(45_000, info)).resolves.toMatchObject({ name: 'TimeoutError' });
  });

  it('lasts as long as beats come through', async () => {
    await expect(endedAfter(290_000, { heartbeatTimeoutMs: HEARTBEAT_MS })).resolves.toBe('not ended');
  });
});

describe('the beats of an attempt', () => {
  async function beatsIn(info: Partial<Info>, forMs: number): Promise<number> {
    let beats = 0;
    const beat: Beat = () => {
      beats += 1;
      return Promise.resolve();
    };
    const { outcome } = begin({ ...info, beat }, () => new Promise((resolve) => setTimeout(resolve, forMs)));
    await jest.advanceTimersByTimeAsync(forMs);
    await outcome;
    await jest.advanceTimersByTimeAsync(forMs);
    return beats;
  }

  it('are three in its time-out, as long as it runs and no longer', async () => {
    await expect(beatsIn({ heartbeatTimeoutMs: HEARTBEAT_MS }, 60_001)).resolves.toBe(6);
  });

  it('are none when nobody waits for them, and none of a local Activity', async () => {
    await expect(beatsIn({}, 60_001)).resolves.toBe(0);
    await expect(beatsIn({ heartbeatTimeoutMs: 0 }, 60_001)).resolves.toBe(0);
    await expect(beatsIn({ heartbeatTimeoutMs: HEARTBEAT_MS, isLocal: true }, 60_001)).resolves.toBe(0);
  });

  it('carry what the attempt has seen and kept, as it is then', async () => {
    const told: unknown[] = [];
    const beat: Beat = (details) => Promise.resolve(void told.push(JSON.parse(JSON.stringify(details))));
    const { outcome } = begin({ heartbeatTimeoutMs: HEARTBEAT_MS, beat }, async ({ sighted, keepWork }) => {
      sighted('account', 'absent');
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      keepWork(['a file']);
      await new Promise((resolve) => setTimeout(resolve, 10_000));
    });
    await jest.advanceTimersByTimeAsync(25_000);
    await outcome;

    const sightings = { account: expect.objectContaining({ seen: 'absent' }) };
    expect(told).toEqual([{ sightings }, { sightings, work: ['a file'] }]);
  });
});

describe('what an attempt leaves to the next', () => {
  const failing = async ({ sighted, keepWork }: Attempt): Promise<never> => {
    sighted('account', 'absent');
    keepWork(['a file']);
    return await Promise.reject(new RangeError('broken'));
  };

  it('is what it has seen and kept, when it fails', async () => {
    const { outcome, left } = begin({}, failing);

    await expect(outcome).rejects.toThrow('broken');
    expect(left).toEqual([{ sightings: { account: expect.anything() }, work: ['a file'] }]);
  });

  it('keeps what an earlier one has seen and kept, and adds to it', async () => {
    const first = begin({}, failing);
    await expect(first.outcome).rejects.toThrow();

    const { outcome, left } = begin({ heartbeatDetails: first.left[0] }, async (attempt) => {
      attempt.sighted('refusal', 'access-denied');
      return await Promise.reject(new RangeError(JSON.stringify(attempt.keptWork)));
    });

    await expect(outcome).rejects.toThrow('["a file"]');
    expect(left).toEqual([{ sightings: { account: expect.anything(), refusal: expect.anything() }, work: ['a file'] }]);
  });

  it('is nothing when there is nothing new, when it succeeds, and in a local Activity', async () => {
    const silent = begin({}, () => Promise.reject(new RangeError('broken')));
    const done = begin({}, ({ sighted }) => Promise.resolve(sighted('account', 'absent')));
    const local = begin({ isLocal: true }, failing);

    await expect(silent.outcome).rejects.toThrow('broken');
    await done.outcome;
    await expect(local.outcome).rejects.toThrow('broken');
    expect([silent.left, done.left, local.left]).toEqual([[], [], []]);
  });
});

describe('the age of an Activity', () => {
  const info = { scheduledTimestampMs: 1_000, currentAttemptScheduledTimestampMs: 61_000 };

  it('is counted from when it was scheduled, by the server and by how long the attempt runs', async () => {
    const { outcome } = begin({ ...info, scheduleToCloseTimeoutMs: 100_000 }, async ({ ageMs, remainingMs }) => {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return [ageMs(), remainingMs()];
    });
    await jest.advanceTimersByTimeAsync(5_000);

    await expect(outcome).resolves.toEqual([65_000, 35_000]);
  });

  it('does not matter when the Activity may take as long as it likes', async () => {
    const { outcome } = begin(info, ({ remainingMs }) => Promise.resolve(remainingMs()));

    await expect(outcome).resolves.toBe(Infinity);
  });
});
