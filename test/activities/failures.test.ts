import { describe, expect, it } from '@jest/globals';
import {
  AccessDeniedError,
  ExportLocationRefusedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  PurgeRefusedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
} from '../../activities/ports/faults';
import { NotYetError, StepNeedsOperatorError } from '../../activities/ports/step-faults';
import { EARLY_FAILURES } from '../../workflows/contract/failures';
import { anAttempt } from '../support/an-attempt';
import { AT, failureOf, LOG, timeout } from '../support/failure-of';

const MINUTE_MS = 60_000;

/** What becomes of these faults, one an attempt with a minute between two; `undefined`: the attempt did not look. */
async function verdictsOn(faults: readonly unknown[], lagMs = 10 * MINUTE_MS): Promise<readonly string[]> {
  const verdicts: string[] = [];
  let carried: unknown;
  for (const [number, fault] of faults.entries()) {
    const attempt = anAttempt({ atMs: number * MINUTE_MS, readsLagMs: lagMs }, carried);
    const { nonRetryable } = await failureOf(fault, attempt);
    verdicts.push(nonRetryable === true ? 'operator' : 'retry');
    carried = attempt.sightings.carried;
  }
  return verdicts;
}

const times = <T>(count: number, fault: T): T[] => Array.from({ length: count }, () => fault);

describe('a fault that may pass by itself', () => {
  it.each<[string, unknown]>([
    ['Throttled', new ThrottledError(AT)],
    ['Unavailable', new UnavailableError(AT)],
    ['Unavailable', new UnavailableError({ ...AT, status: 503 })],
    ['Indeterminate', new IndeterminateAnswerError(AT, 'it is not an object')],
    ['TimedOut', timeout],
    ['Defect', new TypeError('undefined is not a function')],
    ['Defect', 'a text'],
    ['Defect', undefined],
    ['Defect', null],
    ['Defect', 7],
  ])('is retried as %s when the Activity says so: %p', async (type, fault) => {
    expect(await failureOf(fault)).toMatchObject({ type, nonRetryable: false, category: undefined });
    expect((await failureOf(fault)).nextRetryDelay).toBeUndefined();
  });

  it.each([
    new AccessDeniedError(LOG),
    new NotAuthenticatedError(LOG),
    new RequestRefusedError({ ...LOG, status: 400 }),
    new UnavailableError(LOG),
    new ThrottledError(LOG, 5),
    new IndeterminateAnswerError(LOG, 'the entry is not there'),
  ])('is everything that ails the audit log, however often it was tried: %p', async (fault) => {
    expect(await verdictsOn(times(30, fault))).toEqual(times(30, 'retry'));
    expect(await failureOf(fault)).toMatchObject({ type: 'AuditLogUnavailable' });
  });
});

describe('a fault that somebody has to look at', () => {
  it.each<[string, unknown]>([
    ['RequestRefused', new RequestRefusedError({ ...AT, status: 400 })],
    ['ExportLocationRefused', new ExportLocationRefusedError(AT)],
    ['ExportFailed', new StepNeedsOperatorError('ExportFailed')],
    ['ExportOverdue', new StepNeedsOperatorError('ExportOverdue')],
    ['AccountRestored', new StepNeedsOperatorError('AccountRestored')],
  ])('is not retried: %s', async (type, fault) => {
    expect(await failureOf(fault)).toMatchObject({ type, nonRetryable: true, category: undefined });
  });
});

describe.each<[string, Error]>([
  ['AccessDenied', new AccessDeniedError(AT)],
  ['NotAuthenticated', new NotAuthenticatedError(AT)],
  ['PurgeRefused', new PurgeRefusedError(AT)],
])('a refusal that may pass: %s', (type, refusal) => {
  it('is believed when it was the answer for as long as reads and rights may lag, and not before', async () => {
    expect(await verdictsOn(times(11, refusal))).toEqual([...times(10, 'retry'), 'operator']);
    expect(await failureOf(refusal)).toMatchObject({ type, nextRetryDelay: 30_000 });
  });

  it('is not believed because the Activity is old: the first one after many looks is the first', async () => {
    const polls = times(30, new NotYetError('ExportRunning', MINUTE_MS));

    expect((await verdictsOn([...polls, refusal])).at(-1)).toBe('retry');
  });

  it('begins anew when the call came through in between', async () => {
    const early = new NotYetError('ReadsUnsettled', MINUTE_MS);

    expect(await verdictsOn([...times(8, refusal), early, ...times(8, refusal)])).not.toContain('operator');
  });

  it('goes on when an attempt in between had no answer at all', async () => {
    const silent = times(4, new UnavailableError(AT));

    expect(await verdictsOn([...times(4, refusal), ...silent, ...times(3, refusal)])).toEqual([
      ...times(10, 'retry'),
      'operator',
    ]);
  });

  it('is believed at once where nothing lags', async () => {
    expect(await verdictsOn([refusal], 0)).toEqual(['operator']);
  });

  it('is another one at another call', async () => {
    const other = new AccessDeniedError({ farEnd: 'directory', operation: 'directory.revoke-sessions' });

    expect(await verdictsOn([...times(8, refusal), other, ...times(4, refusal)])).not.toContain('operator');
  });
});

describe('when an attempt is made again', () => {
  const delayOf = async (fault: unknown, remainingMs = Infinity): Promise<unknown> =>
    (await failureOf(fault, anAttempt({ remainingMs: () => remainingMs }))).nextRetryDelay;

  it('is when the far end asks for it, where it says when', async () => {
    await expect(delayOf(new ThrottledError(AT, 17_000))).resolves.toBe(17_000);
    await expect(delayOf(new NotYetError('ExportRunning', 61_000.4))).resolves.toBe(61_000);
  });

  it.each([0, -5, 0.5, 999])(
    'is never under a second: no delay at all ends the Activity (asked for %p ms)',
    async (ms) => {
      await expect(delayOf(new ThrottledError(AT, ms))).resolves.toBe(1_000);
      await expect(delayOf(new NotYetError('SecondLookDue', ms))).resolves.toBe(1_000);
    },
  );

  it('is early enough for a last attempt before the time of the Activity is over', async () => {
    await expect(delayOf(new ThrottledError(AT, 60 * MINUTE_MS), 20 * MINUTE_MS)).resolves.toBe(20 * MINUTE_MS - 5_000);
    await expect(delayOf(new ThrottledError(AT, 60 * MINUTE_MS), 3_000)).resolves.toBe(1_000);
  });
});

describe('an attempt that came too early', () => {
  it.each(EARLY_FAILURES)('is no failure to anybody who counts them, and says when to look again: %s', async (type) => {
    expect(await failureOf(new NotYetError(type, 60_000))).toMatchObject({
      type,
      category: 'BENIGN',
      nonRetryable: false,
      nextRetryDelay: 60_000,
    });
  });
});
