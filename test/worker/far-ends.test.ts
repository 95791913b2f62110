import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { codeOf, watchFarEnds, type FarEnds } from '../../worker/far-ends';
import type { WorkerEvent } from '../../worker/logger';

let isUp: boolean;
let code: string | undefined;
let looks: number;
let events: WorkerEvent[];
let farEnds: FarEnds;

beforeEach(() => {
  jest.useFakeTimers();
  isUp = true;
  code = undefined;
  looks = 0;
  events = [];
});

afterEach(() => {
  farEnds.close();
  jest.useRealTimers();
});

async function watch(): Promise<void> {
  const check = (): Promise<void> => {
    looks += 1;
    const error = Object.assign(new Error('postgres://closure:secret@database.example'), { detail: { code } });
    return isUp ? Promise.resolve() : Promise.reject(error);
  };
  farEnds = watchFarEnds([{ farEnd: 'database', advice: 'Is it up?', check }], (event) => events.push(event));
  await jest.advanceTimersByTimeAsync(0);
}

describe('a far end', () => {
  it('counts as away until it was seen', async () => {
    const watching = watch();

    expect(farEnds.present()).toEqual({ database: false });
    await watching;
    expect(farEnds.present()).toEqual({ database: true });
  });

  it('is not worth a word when it is there from the beginning', async () => {
    await watch();
    await jest.advanceTimersByTimeAsync(60_000);

    expect(events).toEqual([]);
  });

  it('is named once with advice when it is away, however often it is looked at, and nothing of its error', async () => {
    isUp = false;
    await watch();
    await jest.advanceTimersByTimeAsync(60_000);

    expect(looks).toBeGreaterThan(20);
    expect(events).toEqual([{ event: 'far-end-away', farEnd: 'database', advice: 'Is it up?' }]);
  });

  it('is named again when it is back, and when it goes away again', async () => {
    await watch();
    isUp = false;
    await jest.advanceTimersByTimeAsync(15_000);
    expect(farEnds.present()).toEqual({ database: false });
    isUp = true;
    await jest.advanceTimersByTimeAsync(2_000);

    expect(farEnds.present()).toEqual({ database: true });
    expect(events.map(({ event }) => event)).toEqual(['far-end-away', 'far-end-back']);
  });

  it('is named with the code of what is wrong, and again when another cause shows, but once each', async () => {
    isUp = false;
    code = 'connection-refused';
    await watch();
    code = 'read-only';
    await jest.advanceTimersByTimeAsync(10_000);
    code = 'connection-refused';
    await jest.advanceTimersByTimeAsync(10_000);

    expect(events).toEqual([
      { event: 'far-end-away', farEnd: 'database', code: 'connection-refused', advice: 'Is it up?' },
      { event: 'far-end-away', farEnd: 'database', code: 'read-only', advice: 'Is it up?' },
    ]);
  });

  it('is waited for until it is there', async () => {
    isUp = false;
    await watch();
    let isOver = false;
    const waiting = farEnds.untilPresent('database', new AbortController().signal).then(() => {
      isOver = true;
    });

    await jest.advanceTimersByTimeAsync(10_000);
    expect(isOver).toBe(false);
    isUp = true;
    await jest.advanceTimersByTimeAsync(2_100);
    await waiting;

    expect(isOver).toBe(true);
  });

  it('is waited for no longer when the worker is to stop', async () => {
    isUp = false;
    await watch();
    const stop = new AbortController();
    const waiting = farEnds.untilPresent('database', stop.signal);

    stop.abort();
    await jest.advanceTimersByTimeAsync(100);

    await expect(waiting).resolves.toBeUndefined();
  });

  it('is not looked at any more after the end', async () => {
    await watch();
    farEnds.close();
    const before = looks;
    await jest.advanceTimersByTimeAsync(60_000);

    expect(looks).toBe(before);
  });

  it('says nothing when a look comes to its end after the end', async () => {
    isUp = false;
    const watching = watch();
    farEnds.close();
    await watching;
    await jest.advanceTimersByTimeAsync(60_000);

    expect(events).toEqual([]);
    expect(looks).toBe(1);
  });
});

describe('The code of what is wrong', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a fault of a port', Object.assign(new Error(), { detail: { code: '42501', status: 403 } }), '42501'],
    [
      'an error of ours',
      Object.assign(new Error(), { code: 'search-attributes-missing' }),
      'search-attributes-missing',
    ],
    ['an error without one', new Error(), undefined],
    ['a fault without one', Object.assign(new Error(), { detail: {} }), undefined],
    ['a number', Object.assign(new Error(), { code: 14 }), undefined],
    ['a text that is no code', Object.assign(new Error(), { code: 'postgres://closure:secret@db' }), undefined],
    ['something that is no error', { code: 'x' }, undefined],
  ])('is read from %s', (_what, error, expected) => {
    expect(codeOf(error)).toBe(expected);
  });
});
