import { describe, it, expect } from '@jest/globals';
import { AccountClosureError, arrivalOf } from '../../client';
import { waitForClosure } from '../../client/wait-for-closure';
import { statusWith } from '../support/statuses';

describe('what a closure is waited for', () => {
  it('is its end, whatever it is, when no phase is named', () => {
    expect(arrivalOf(statusWith({ phase: 'verifying' }), undefined)).toBe('not-yet');
    expect(arrivalOf(statusWith({ phase: 'withdrawn', outcome: 'withdrawn' }), undefined)).toBe('arrived');
  });

  it('is a running phase that is reached or passed', () => {
    expect(arrivalOf(statusWith({ phase: 'exporting' }), 'awaitingConfirmation')).toBe('not-yet');
    expect(arrivalOf(statusWith({ phase: 'awaitingConfirmation' }), 'awaitingConfirmation')).toBe('arrived');
    expect(arrivalOf(statusWith({ phase: 'erasing' }), 'awaitingConfirmation')).toBe('arrived');
  });

  it('is passed by a closed account, and by no other end', () => {
    expect(arrivalOf(statusWith({ phase: 'closed', outcome: 'closed' }), 'erasing')).toBe('arrived');
    expect(arrivalOf(statusWith({ phase: 'expired', outcome: 'expired' }), 'exporting')).toBe('ended-otherwise');
  });

  it('is exactly the outcome that is named', () => {
    expect(arrivalOf(statusWith({ phase: 'rejected', outcome: 'rejected' }), 'rejected')).toBe('arrived');
    expect(arrivalOf(statusWith({ phase: 'closed', outcome: 'closed' }), 'withdrawn')).toBe('ended-otherwise');
    expect(arrivalOf(statusWith({ phase: 'verifying' }), 'closed')).toBe('not-yet');
  });
});

describe('waiting for a closure', () => {
  it('waits out times when nobody answers', async () => {
    const unavailable = (): Promise<never> => Promise.reject(new AccountClosureError('unavailable', 'later'));
    const closed = statusWith({ phase: 'closed', outcome: 'closed' });
    const answers = [unavailable, () => Promise.resolve(closed)];

    const status = await waitForClosure(() => (answers.shift() ?? unavailable)(), {});

    expect(status).toBe(closed);
  });

  it('passes on what waiting cannot repair', async () => {
    const read = (): Promise<never> => Promise.reject(new AccountClosureError('closure-terminated', 'gone'));

    await expect(waitForClosure(read, {})).rejects.toMatchObject({ code: 'closure-terminated' });
  });

  it('ends with the time, the closure going on', async () => {
    const read = () => Promise.resolve(statusWith());

    await expect(waitForClosure(read, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'timed-out' });
  });

  it('ends with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));

    await expect(waitForClosure(() => Promise.resolve(statusWith()), { signal })).rejects.toThrow('enough');
  });
});
