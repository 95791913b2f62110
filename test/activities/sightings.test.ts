import { describe, expect, it } from '@jest/globals';
import { believe, isSettled, settlingMs, Sightings } from '../../activities/sightings';

const MINUTE_MS = 60_000;
const LAG_MS = 10 * MINUTE_MS;

/** The sightings of one attempt, with what the last one left, which had failed that long before. */
function attemptAt(scheduledMs: number, carried?: unknown, pauseMs = scheduledMs): Sightings {
  return new Sightings(carried, { scheduledMs, pauseMs });
}

describe('a sighting', () => {
  it('counts how often and for how long the same was seen, over the attempts', () => {
    const first = attemptAt(1_000);
    expect(first.sighted('account', 'absent')).toEqual({ forMs: 0, times: 1 });

    const second = attemptAt(61_000, first.carried);
    expect(second.sighted('account', 'absent')).toEqual({ forMs: MINUTE_MS, times: 2 });
  });

  it('counts an attempt once, however often it looks', () => {
    const first = attemptAt(1_000);
    for (let look = 0; look < 5; look += 1) first.sighted('account', 'absent');

    expect(first.sighted('account', 'absent')).toEqual({ forMs: 0, times: 1 });
  });

  it('begins anew when something else is seen, also within one attempt', () => {
    const first = attemptAt(1_000);
    first.sighted('account', 'absent');
    const second = attemptAt(LAG_MS, first.carried);

    second.sighted('account', 'live');

    expect(second.sighted('account', 'absent')).toEqual({ forMs: 0, times: 1 });
  });

  it('is of its own question', () => {
    const first = attemptAt(1_000);
    first.sighted('account', 'absent');
    const second = attemptAt(LAG_MS, first.carried);

    second.sighted('refusal', 'access-denied');

    expect(second.sighted('account', 'absent')).toMatchObject({ times: 2 });
  });

  it('is not broken by an attempt that saw nothing, and loses none of its age by it', () => {
    const first = attemptAt(1_000);
    first.sighted('account', 'absent');
    const silent = attemptAt(2_000, first.carried);

    expect(attemptAt(5_000, silent.carried, 0).sighted('account', 'absent')).toEqual({ forMs: 4_000, times: 2 });
  });

  it('is not dated by an attempt that had waited an hour for a worker: the next one knows when it had failed', () => {
    const first = attemptAt(1_000);
    first.sighted('account', 'absent');
    const second = attemptAt(60 * MINUTE_MS, first.carried, 30_000);

    expect(second.sighted('account', 'absent')).toEqual({ forMs: 30_000, times: 2 });
    expect(attemptAt(61 * MINUTE_MS, second.carried, 30_000).sighted('account', 'absent')).toEqual({
      forMs: 90_000,
      times: 3,
    });
  });

  it('has no age at the second sight when nobody knows when the first attempt ended: it was killed', () => {
    const first = attemptAt(1_000);
    first.sighted('account', 'absent');

    expect(attemptAt(61_000, first.carried, 0).sighted('account', 'absent')).toEqual({ forMs: 0, times: 2 });
  });

  it.each([undefined, null, 'seven', [], { account: 7 }, { account: { seen: 'absent' } }])(
    'begins anew when what an earlier attempt left is %j',
    (carried) => {
      expect(attemptAt(LAG_MS, carried).sighted('account', 'absent')).toEqual({ forMs: 0, times: 1 });
    },
  );
});

describe('what was seen', () => {
  it('is settled after three attempts in a row and the whole lag, and not by one of them alone', () => {
    expect(isSettled({ times: 3, forMs: LAG_MS }, LAG_MS)).toBe(true);
    expect(isSettled({ times: 2, forMs: LAG_MS }, LAG_MS)).toBe(false);
    expect(isSettled({ times: 100, forMs: LAG_MS - 1 }, LAG_MS)).toBe(false);
  });

  it('is settled at once where nothing lags', () => {
    expect(isSettled({ times: 1, forMs: 0 }, 0)).toBe(true);
  });

  it.each([
    [1_000, 1_000],
    [30_000, 6_000],
    [LAG_MS, 30_000],
  ])('is looked at again after a fraction of the lag: of %p ms after %p ms', (lagMs, delayMs) => {
    expect(settlingMs(lagMs)).toBe(delayMs);
  });

  it('is believed when it has settled, and is too early before that', () => {
    const first = attemptAt(1_000);
    const { sighted } = first;

    expect(() => {
      believe({ readsLagMs: LAG_MS, sighted }, 'account', 'absent');
    }).toThrow(expect.objectContaining({ type: 'ReadsUnsettled', lookAgainInMs: 30_000 }));
    expect(() => {
      believe({ readsLagMs: 0, sighted }, 'account', 'absent');
    }).not.toThrow();
  });
});
