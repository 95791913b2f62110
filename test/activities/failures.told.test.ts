import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { toFailure } from '../../activities/failures';
import { AccessDeniedError, ThrottledError, UnavailableError } from '../../activities/ports/faults';
import { NotYetError, StepNeedsOperatorError } from '../../activities/ports/step-faults';
import { FAILURE_TYPES } from '../../workflows/contract/failures';
import { anAttempt } from '../support/an-attempt';
import { AT, failureOf, LOG, timeout } from '../support/failure-of';

const times = <T>(count: number, fault: T): T[] => Array.from({ length: count }, () => fault);

describe('every failure', () => {
  it('says which attempt it was, and has a type of the contract', async () => {
    for (const fault of [
      new ThrottledError({ farEnd: 'directory' }),
      new NotYetError('ExportRunning', 1),
      new StepNeedsOperatorError('ExportFailed'),
      new Error('anything'),
    ]) {
      const failure = await failureOf(fault, anAttempt(), 7);

      expect(failure.details).toEqual([{ attempt: 7 }]);
      expect(FAILURE_TYPES).toContain(failure.type);
    }
  });

  it('names the call that failed, in opaque codes', async () => {
    const fault = new AccessDeniedError({
      ...AT,
      code: 'Authorization_RequestDenied',
      status: 403,
      requestId: 'request-1',
    });

    expect((await failureOf(fault)).details).toEqual([
      {
        attempt: 1,
        operation: 'directory.block-sign-in',
        code: 'Authorization_RequestDenied',
        status: 403,
        requestId: 'request-1',
      },
    ]);
  });

  it('has the message of our own error, and of another one only that it was unforeseen', async () => {
    expect((await failureOf(new UnavailableError({ ...AT, status: 502 }))).message).toBe('The directory answered 502.');
    expect((await failureOf(new Error('ada@analytical.example'))).message).toBe(
      'An unforeseen error: see the worker log at this time for its class and place.',
    );
    expect((await failureOf(timeout)).message).toBe('The attempt ran out of time.');
  });

  it('tells nothing that an error of somebody else says', async () => {
    const canary = 'kanarienvogel';
    const cause = new Error(canary);
    const told = [];
    for (const fault of [
      cause,
      canary,
      { message: canary },
      new Error('outside', { cause }),
      new DOMException(canary, 'TimeoutError'),
      new AggregateError([cause], canary),
    ]) {
      const { message, details, cause: failureCause, type } = await failureOf(fault);
      told.push({ message, details, failureCause, type });
    }

    expect(JSON.stringify(told)).not.toContain(canary);
  });

  it('is left alone when it is one already', async () => {
    const failure = ApplicationFailure.nonRetryable('A fixed text.', 'RemainsFound');

    expect(await failureOf(failure)).toBe(failure);
  });
});

describe('a cancelled attempt', () => {
  it('ends as cancelled, whatever the aborted call throws', async () => {
    const environment = new MockActivityEnvironment();
    environment.cancel();
    const faults = [new UnavailableError(AT), new UnavailableError(LOG), new DOMException('aborted', 'AbortError')];

    const failures = await environment.run(() => Promise.resolve(faults.map((fault) => toFailure(fault, anAttempt()))));

    expect(failures).toEqual(times(3, expect.any(CancelledFailure)));
  });

  it('keeps a cancellation that was thrown', async () => {
    const cancelled = new CancelledFailure('cancelled');

    const failure = await new MockActivityEnvironment().run(() => Promise.resolve(toFailure(cancelled, anAttempt())));

    expect(failure).toBe(cancelled);
  });
});
