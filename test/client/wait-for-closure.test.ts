import { describe, it, expect } from '@jest/globals';
import { AccountClosureError, arrivalOf, connectTemporal, type CallOptions, type WaitProgress } from '../../client';
import { TemporalServer } from '../../client/temporal-server';
import { waitForClosure } from '../../client/wait-for-closure';
import { LAST_KNOWN, statusWith } from '../support/observed-closures';

describe('what a closure is waited for', () => {
  it('is its end, whatever it is, when no phase is named', () => {
    expect(arrivalOf(statusWith({ phase: 'verifying' }), undefined)).toBe('not-yet');
    expect(arrivalOf(statusWith({ phase: 'withdrawn' }), undefined)).toBe('arrived');
  });

  it('is a running phase that is reached or passed', () => {
    expect(arrivalOf(statusWith({ phase: 'exporting' }), 'awaitingConfirmation')).toBe('not-yet');
    expect(arrivalOf(statusWith({ phase: 'awaitingConfirmation' }), 'awaitingConfirmation')).toBe('arrived');
    expect(arrivalOf(statusWith({ phase: 'erasing' }), 'awaitingConfirmation')).toBe('arrived');
  });

  it('is passed by a closed account, and by no other end', () => {
    expect(arrivalOf(statusWith({ phase: 'closed' }), 'erasing')).toBe('arrived');
    expect(arrivalOf(statusWith({ phase: 'expired' }), 'exporting')).toBe('ended-otherwise');
  });

  it('is exactly the outcome that is named', () => {
    expect(arrivalOf(statusWith({ phase: 'rejected' }), 'rejected')).toBe('arrived');
    expect(arrivalOf(statusWith({ phase: 'closed' }), 'withdrawn')).toBe('ended-otherwise');
    expect(arrivalOf(statusWith({ phase: 'verifying' }), 'closed')).toBe('not-yet');
  });
});

describe('waiting for a closure', () => {
  /** No server is asked: only its clock and signal are. */
  const serverFor = (options: CallOptions = {}): TemporalServer =>
    new TemporalServer(connectTemporal({ env: {}, address: '127.0.0.1:1' }), options);
  const unavailable = (): Promise<never> => Promise.reject(new AccountClosureError('unavailable', 'Nobody answers.'));
  const attention = [
    { target: 'export', fault: 'ExportFailed', since: '2026-02-01T00:00:00.000Z', attempts: 3, text: 'A fixed text.' },
  ] as const;

  it('waits out times when nobody answers, and tells what it saw', async () => {
    const closed = statusWith({ phase: 'closed' });
    const answers = [unavailable, () => Promise.resolve(closed)];
    const seen: WaitProgress['kind'][] = [];

    const status = await waitForClosure(serverFor(), () => (answers.shift() ?? unavailable)(), {
      onProgress: ({ kind }) => seen.push(kind),
    });

    expect(status).toBe(closed);
    expect(seen).toEqual(['unseen', 'seen']);
  });

  it('passes on what waiting cannot repair', async () => {
    const read = (): Promise<never> => Promise.reject(new AccountClosureError('closure-terminated', 'gone'));

    await expect(waitForClosure(serverFor(), read, {})).rejects.toMatchObject({ code: 'closure-terminated' });
  });

  it('ends with the time, and says what it last saw', async () => {
    const parked = statusWith({ phase: 'exporting', attention });

    await expect(waitForClosure(serverFor({ timeoutMs: 5 }), () => Promise.resolve(parked), {})).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('The closure is exporting, and waits for an operator: export:ExportFailed.'),
      status: parked,
    });
  });

  it('claims nothing of a closure that it could not see', async () => {
    const error = await waitForClosure(serverFor({ timeoutMs: 5 }), unavailable, {}).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'timed-out', message: expect.stringContaining('could not be seen: Nobody') });
    expect(String(error)).not.toContain('goes on');
  });

  it('ends when a step needs an operator, if that is asked for', async () => {
    const parked = statusWith({ phase: 'exporting', attention });
    const lastKnown = { ...LAST_KNOWN, attention: ['export:ExportFailed'] };
    const unseen = () => Promise.reject(new AccountClosureError('unavailable', 'No worker answers.', { lastKnown }));

    for (const read of [() => Promise.resolve(parked), unseen]) {
      await expect(waitForClosure(serverFor(), read, { orAttention: true })).rejects.toMatchObject({
        code: 'needs-operator',
        message: 'A step waits for an operator: export:ExportFailed.',
      });
    }
  });

  it('ends with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));

    await expect(waitForClosure(serverFor({ signal }), () => Promise.resolve(statusWith()), {})).rejects.toThrow(
      'enough',
    );
  });
});
