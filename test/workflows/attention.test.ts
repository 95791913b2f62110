import { describe, expect, it } from '@jest/globals';
import { RetryState, TimeoutType } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import fc from 'fast-check';
import { assertDecoded, attentionOf, isActivityFault, trouble } from '../../workflows/attention';
import { FAILURE_TYPES } from '../../workflows/contract/failures';
import { UNDECODABLE } from '../../workflows/contract/undecodable';

const failureOfType = (type: string, ...details: unknown[]): ApplicationFailure =>
  ApplicationFailure.create({ type, message: 'A fixed text.', details });
const activityFailure = (cause: Error): ActivityFailure =>
  new ActivityFailure('Activity task failed', 'eraseTarget', '1', RetryState.NON_RETRYABLE_FAILURE, undefined, cause);
const timedOut = (cause?: Error): TimeoutFailure => {
  const failure = new TimeoutFailure('Activity task timed out', undefined, TimeoutType.SCHEDULE_TO_CLOSE);
  return Object.assign(failure, { cause });
};
const shown = (details: unknown): ReturnType<typeof attentionOf> =>
  attentionOf(activityFailure(failureOfType('AccessDenied', details)), 1);

describe('what an operator is shown of a failed step', () => {
  it.each(FAILURE_TYPES)('is its fault %s', (type) => {
    expect(attentionOf(activityFailure(failureOfType(type)), 1).fault).toBe(type);
  });

  it('is the fault, its text, in which attempt it failed last, and the failed call in codes', () => {
    const codes = {
      operation: 'directory.delete-account',
      code: 'Request_Denied',
      status: 403,
      requestId: '6f1d-2c3b',
    };

    expect(shown({ attempt: 7, ...codes })).toStrictEqual({
      fault: 'AccessDenied',
      text: 'A fixed text.',
      attempts: 7,
      ...codes,
    });
  });

  it.each([[[]], [['seven']], [[null]], [[{}]], [[{ attempt: 'seven' }]], [[[7]]]])(
    'is the number of tries when the failure does not say which attempt it was: %j',
    (details) => {
      expect(attentionOf(activityFailure(failureOfType('Unavailable', ...details)), 2)).toStrictEqual({
        fault: 'Unavailable',
        text: 'A fixed text.',
        attempts: 2,
      });
    },
  );

  it('is a text that is never longer than 300 characters', () => {
    const endless = ApplicationFailure.create({ type: 'Defect', message: 'x'.repeat(2 * 1024 * 1024) });

    expect(attentionOf(activityFailure(endless), 1).text).toBe('x'.repeat(300));
  });

  it('is a defect when the fault has a type that this version does not know', () => {
    expect(attentionOf(activityFailure(failureOfType('FromALaterVersion')), 1).fault).toBe('Defect');
  });

  it('is the fault that the Workflow itself has thrown', () => {
    expect(attentionOf(failureOfType('ErasureUnsupported'), 3)).toMatchObject({
      fault: 'ErasureUnsupported',
      attempts: 3,
    });
  });

  it('is what the Workflow itself has found', () => {
    expect(trouble('RemainsFound', 'Something is left.', 3)).toEqual({
      fault: 'RemainsFound',
      text: 'Something is left.',
      attempts: 3,
    });
  });
});

describe('what an operator is shown of a step that ran out of time', () => {
  it('is the last fault, with its attempt and its codes', () => {
    const last = failureOfType('Throttled', { attempt: 9, operation: 'directory.find-account' });

    expect(attentionOf(activityFailure(timedOut(last)), 1)).toStrictEqual({
      fault: 'Throttled',
      text: 'A fixed text.',
      attempts: 9,
      operation: 'directory.find-account',
    });
  });

  it('is the last fault also when the attempt itself ran out of time after others had failed', () => {
    expect(attentionOf(activityFailure(timedOut(timedOut(failureOfType('Unavailable')))), 1).fault).toBe('Unavailable');
  });

  it('is that the time was over when no attempt said anything', () => {
    expect(attentionOf(activityFailure(timedOut()), 2)).toStrictEqual({
      fault: 'TimedOut',
      text: 'The step ran out of time.',
      attempts: 2,
    });
  });

  it('is the type of the last fault, whatever it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FAILURE_TYPES), fc.nat(), (type, attempt) => {
        const last = failureOfType(type, { attempt });

        expect(attentionOf(activityFailure(timedOut(last)), 1)).toMatchObject({ fault: type, attempts: attempt });
      }),
    );
  });
});

describe('the codes of a failed call', () => {
  it.each(['directory.delete-account', 'Request_ResourceNotFound', 'AADSTS90033', 'a1:b2', 'x'.repeat(128)])(
    'are shown when they are opaque: %s',
    (code) => {
      expect(shown({ code })).toMatchObject({ code });
    },
  );

  it.each(['', 'x'.repeat(129), 'ada@analytical.example', 'Ada Lovelace', 'Adá', 'a\n', 'a`b', 7, null, ['a'], {}])(
    'are left out when they may be anything else: %p',
    (value) => {
      const { fault, text, attempts, ...codes } = shown({ operation: value, code: value, requestId: value });

      expect({ fault, text, attempts }).toEqual({ fault: 'AccessDenied', text: 'A fixed text.', attempts: 1 });
      expect(codes).toEqual({});
    },
  );

  it('are those that everybody knows, and a status that is a number', () => {
    expect(shown({ user: 'ada', message: 'text', target: 'plan', since: 'now', status: '403' })).toStrictEqual({
      fault: 'AccessDenied',
      text: 'A fixed text.',
      attempts: 1,
    });
  });

  it('bring in nothing that is not a code, whatever the details are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (details) => {
        const { operation = 'a', code = 'a', requestId = 'a', status = 1, ...rest } = shown(details);

        expect([operation, code, requestId].join()).toMatch(/^[\w.:-]{1,128},[\w.:-]{1,128},[\w.:-]{1,128}$/);
        expect(typeof status).toBe('number');
        expect(Object.keys(rest)).toEqual(['fault', 'text', 'attempts']);
      }),
    );
  });
});

describe('a fault that is no failure of an Activity', () => {
  const defect = new TypeError('undefined is not a function');

  it('is a defect of ours, and is thrown on', () => {
    expect(() => attentionOf(defect, 1)).toThrow(defect);
    expect(() => attentionOf(activityFailure(defect), 1)).toThrow(ActivityFailure);
    expect(() => attentionOf(activityFailure(new CancelledFailure('cancelled')), 1)).toThrow(ActivityFailure);
  });

  it('is told from one that an operator may answer', () => {
    expect([activityFailure(timedOut()), failureOfType('Defect')].map(isActivityFault)).toEqual([true, true]);
    expect([defect, timedOut(), undefined, 'Defect'].map(isActivityFault)).toEqual([false, false, false, false]);
  });
});

describe('the result of an Activity', () => {
  it('is taken as it is when it could be read', () => {
    const result = { kind: 'fenced' };

    expect(assertDecoded(result)).toBe(result);
    expect(assertDecoded<unknown>(undefined)).toBeUndefined();
  });

  it('is a failure that an operator sees when it could not', () => {
    const read = (): void => {
      assertDecoded<unknown>(UNDECODABLE);
    };

    expect(read).toThrow(expect.objectContaining({ type: 'UndecodablePayload', nonRetryable: true }));
  });
});
