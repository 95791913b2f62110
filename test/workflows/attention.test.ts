import { describe, expect, it } from '@jest/globals';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { RetryState, TimeoutType } from '@temporalio/common';
import { assertDecoded, attentionOf } from '../../workflows/attention';
import { FAILURE_TYPES } from '../../workflows/contract/failures';
import { UNDECODABLE } from '../../workflows/contract/undecodable';

const failureOfType = (type: string, attempt?: unknown): ApplicationFailure =>
  ApplicationFailure.create({ type, message: 'a fixed text', details: attempt === undefined ? [] : [{ attempt }] });
const activityFailure = (cause: Error): ActivityFailure =>
  new ActivityFailure('Activity task failed', 'eraseTarget', '1', RetryState.NON_RETRYABLE_FAILURE, undefined, cause);
const timedOut = (cause?: Error): TimeoutFailure => {
  const failure = new TimeoutFailure('Activity task timed out', undefined, TimeoutType.SCHEDULE_TO_CLOSE);
  return Object.assign(failure, { cause });
};

describe('what an operator is shown of a failed step', () => {
  it.each(FAILURE_TYPES.filter((type) => type !== 'ExportRunning'))('is its fault %s', (type) => {
    expect(attentionOf('directory', activityFailure(failureOfType(type)), 1).fault).toBe(type);
  });

  it('is the step, since when, and in which attempt it failed last', () => {
    const attention = attentionOf('export', activityFailure(failureOfType('Unavailable', 7)), 2);

    expect(attention).toEqual({
      target: 'export',
      fault: 'Unavailable',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      attempts: 7,
    });
  });

  it('is the round when nothing says which attempt it was', () => {
    expect(attentionOf('export', activityFailure(failureOfType('Unavailable')), 2).attempts).toBe(2);
    expect(attentionOf('export', activityFailure(failureOfType('Unavailable', 'seven')), 2).attempts).toBe(2);
    expect(attentionOf('export', activityFailure(timedOut()), 2).attempts).toBe(2);
  });

  it('is the round when the detail of the failure has another shape', () => {
    for (const detail of ['seven', null, {}]) {
      const failure = ApplicationFailure.create({ type: 'Unavailable', details: [detail] });

      expect(attentionOf('export', activityFailure(failure), 2).attempts).toBe(2);
    }
  });

  it('is the last fault of a step that ran out of time', () => {
    const attention = attentionOf('directory', activityFailure(timedOut(failureOfType('Throttled', 9))), 1);

    expect(attention).toMatchObject({ fault: 'Throttled', attempts: 9 });
  });

  it('is that the time was over when no attempt said anything', () => {
    expect(attentionOf('directory', activityFailure(timedOut()), 1).fault).toBe('TimedOut');
  });

  it('is that the export is overdue when it still ran at the deadline', () => {
    expect(attentionOf('export', activityFailure(timedOut(failureOfType('ExportRunning'))), 1).fault).toBe(
      'ExportOverdue',
    );
  });

  it('is a defect when the fault has a type that this version does not know', () => {
    expect(attentionOf('directory', activityFailure(failureOfType('FromALaterVersion')), 1).fault).toBe('Defect');
  });

  it('is the fault of the Workflow itself where it is one of ours', () => {
    expect(attentionOf('directory', failureOfType('RemainsFound'), 3)).toMatchObject({
      fault: 'RemainsFound',
      attempts: 3,
    });
  });

  it('is nothing when the fault is no failure of an Activity: then it is a defect and is thrown on', () => {
    const defect = new TypeError('undefined is not a function');

    expect(() => attentionOf('directory', defect, 1)).toThrow(defect);
    expect(() => attentionOf('directory', activityFailure(defect), 1)).toThrow(ActivityFailure);
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
