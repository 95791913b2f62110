import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { isOurs, toFailure } from '../../activities/failures';
import { NotYetError } from '../../activities/not-yet';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  PortFault,
  PurgeRefusedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
} from '../../activities/ports/faults';
import { StepNeedsOperatorError } from '../../activities/step-errors';
import { FAILURE_TYPES } from '../../workflows/contract/failures';

async function failureOf(fault: unknown, attempt = 1): Promise<ApplicationFailure> {
  const failure = await new MockActivityEnvironment({ attempt }).run(() => Promise.resolve(toFailure(fault)));
  if (!(failure instanceof ApplicationFailure)) throw new TypeError('The failure is a cancellation.');
  return failure;
}

const DIRECTORY = 'directory';
const timeout = new DOMException('aborted because of ada@analytical.example', 'TimeoutError');

describe('a fault that may pass by itself', () => {
  it.each<[string, unknown]>([
    ['Throttled', new ThrottledError(DIRECTORY)],
    ['Unavailable', new UnavailableError(DIRECTORY)],
    ['Unavailable', new UnavailableError(DIRECTORY, 503)],
    ['Indeterminate', new IndeterminateAnswerError('tenant-realm', 'it is not an object')],
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

  it('is retried when the far end asks for it, where it says when', async () => {
    expect(await failureOf(new ThrottledError(DIRECTORY, 17_000))).toMatchObject({
      type: 'Throttled',
      nextRetryDelay: 17_000,
      nonRetryable: false,
    });
  });

  it.each([
    new AccessDeniedError('audit-log'),
    new NotAuthenticatedError('audit-log'),
    new RequestRefusedError('audit-log', 400),
    new UnavailableError('audit-log'),
    new ThrottledError('audit-log', 5),
    new IndeterminateAnswerError('audit-log', 'the entry is not there'),
  ])('is everything that ails the audit log, however often it was tried: %p', async (fault) => {
    for (const attempt of [1, 3, 100]) {
      expect(await failureOf(fault, attempt)).toMatchObject({ type: 'AuditLogUnavailable', nonRetryable: false });
    }
  });
});

describe('a fault that somebody has to look at', () => {
  it.each<[string, unknown]>([
    ['RequestRefused', new RequestRefusedError(DIRECTORY, 400)],
    ['RequestRefused', new RequestRefusedError(DIRECTORY, 400, 'BadRequest')],
    ['RequestRefused', new RequestRefusedError(DIRECTORY, 400, 'NotAStorageLocation')],
    ['ExportLocationRefused', new RequestRefusedError(DIRECTORY, 400, 'StorageLocationInvalid')],
    ['ExportFailed', new StepNeedsOperatorError('ExportFailed', 'The export failed.')],
    ['ExportLocationsBurnt', new StepNeedsOperatorError('ExportLocationsBurnt', 'No container is left.')],
    ['ExportTooLarge', new StepNeedsOperatorError('ExportTooLarge', 'Too many files.')],
  ])('is not retried: %s', async (type, fault) => {
    expect(await failureOf(fault)).toMatchObject({ type, nonRetryable: true, category: undefined });
  });

  it.each<[string, unknown]>([
    ['PurgeRefused', new PurgeRefusedError(DIRECTORY)],
    ['AccessDenied', new AccessDeniedError(DIRECTORY)],
    ['NotAuthenticated', new NotAuthenticatedError(DIRECTORY)],
  ])('is tried three times first where it was seen to pass by itself: %s', async (type, fault) => {
    const isFinal = [];
    for (const attempt of [1, 2, 3, 4]) {
      const failure = await failureOf(fault, attempt);
      expect(failure.type).toBe(type);
      isFinal.push(failure.nonRetryable);
    }

    expect(isFinal).toEqual([false, false, true, true]);
  });
});

describe('an attempt that came too early', () => {
  it.each([
    ['ExportRunning', 'The export is still running.'],
    ['SecondLookDue', 'The second look is due after the quiet period.'],
  ] as const)('is no failure to anybody who counts them, and says when to look again: %s', async (type, message) => {
    expect(await failureOf(new NotYetError(type, 60_000))).toMatchObject({
      type,
      message,
      category: 'BENIGN',
      nonRetryable: false,
      nextRetryDelay: 60_000,
    });
  });

  it('may be looked at again at once', async () => {
    expect((await failureOf(new NotYetError('SecondLookDue', 0))).nextRetryDelay).toBe(0);
  });
});

describe('every failure', () => {
  const faults: readonly unknown[] = [
    new ThrottledError(DIRECTORY),
    new PurgeRefusedError(DIRECTORY),
    new NotYetError('ExportRunning', 1),
    new StepNeedsOperatorError('ExportFailed', 'The export failed.'),
    new Error('anything'),
  ];

  it('says which attempt it was, and has a type of the contract', async () => {
    for (const fault of faults) {
      const failure = await failureOf(fault, 7);

      expect(failure.details).toEqual([{ attempt: 7 }]);
      expect(FAILURE_TYPES).toContain(failure.type);
    }
  });

  it('has the message of our own error, and of another one only that it was unforeseen', async () => {
    expect((await failureOf(new UnavailableError(DIRECTORY, 502))).message).toBe('The directory answered 502.');
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
      new (class ErrorWithCauseError extends PortFault {})(DIRECTORY, 'A fixed text.', cause),
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

    const failures = await environment.run(() =>
      Promise.resolve([new UnavailableError(DIRECTORY), new DOMException('aborted', 'AbortError')].map(toFailure)),
    );

    expect(failures).toEqual([expect.any(CancelledFailure), expect.any(CancelledFailure)]);
  });

  it('keeps a cancellation that was thrown', async () => {
    const cancelled = new CancelledFailure('cancelled');

    const failure = await new MockActivityEnvironment().run(() => Promise.resolve(toFailure(cancelled)));

    expect(failure).toBe(cancelled);
  });
});

describe('an error of ours', () => {
  it('is known by its class', () => {
    const ours = [
      new UnavailableError(DIRECTORY),
      new NotYetError('ExportRunning', 1),
      new StepNeedsOperatorError('ExportFailed', 'The export failed.'),
    ];

    expect(ours.map(isOurs)).toEqual([true, true, true]);
    expect([new Error('other'), 'text', null, { farEnd: DIRECTORY }].map(isOurs)).toEqual([false, false, false, false]);
  });

  it('has the name of its class', () => {
    expect(new UnavailableError(DIRECTORY).name).toBe('UnavailableError');
    expect(new NotYetError('ExportRunning', 1).name).toBe('NotYetError');
    expect(new StepNeedsOperatorError('ExportFailed', 'The export failed.').name).toBe('StepNeedsOperatorError');
  });
});
