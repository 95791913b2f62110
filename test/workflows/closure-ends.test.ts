import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { REJECTION_ADVICE, REJECTION_REASONS } from '../../workflows/contract/eligibility';
import type { ClosureStatus } from '../../workflows/contract/status';
import { confirmed, opened, waiting } from '../support/statuses';

describe('a rejected closure', () => {
  it.each(REJECTION_REASONS)('tells the person what to do when the reason is %s', (reason) => {
    expect(state.rejected(opened, { kind: 'rejected', reason })).toStrictEqual({
      ...opened,
      phase: 'rejected',
      outcome: 'rejected',
      reason,
      advice: REJECTION_ADVICE[reason],
    });
    expect(REJECTION_ADVICE[reason]).toMatch(/^[A-Z].+\.$/);
  });

  it('names every blocker', () => {
    const blockers = [
      { kind: 'guest-account', count: 1 } as const,
      { kind: 'sole-owner-of-groups', count: 2 } as const,
    ];

    expect(state.rejected(opened, { kind: 'rejected', reason: 'blocked', blockers }).blockers).toEqual(blockers);
  });
});

describe('a stopped closure', () => {
  const stop = {
    kind: 'stopped',
    reason: 'managed-tenant',
    signIn: 'blocked',
    done: [],
    isPastPointOfNoReturn: true,
  } as const;
  const stoppedIn = (reached: Partial<ClosureStatus['targets'][number]>, done: readonly string[] = []): ClosureStatus =>
    state.stopped(state.targetReached(confirmed, { name: 'directory', state: 'planned', ...reached }), 'directory', {
      ...stop,
      done,
    });

  it('ends with the reason, advice, and whether sign-in stays blocked', () => {
    const stopped = state.stopped(state.parked(confirmed, waiting('directory')), 'directory', stop);

    expect(stopped).toMatchObject({
      phase: 'stopped',
      outcome: 'stopped',
      reason: 'managed-tenant',
      attention: [],
      targets: [{ name: 'directory', state: 'stopped' }],
      stop: { signIn: 'blocked' },
    });
  });

  it.each([
    ['account-gone', /somebody else/],
    ['managed-tenant', /got an administrator/],
    ['federated-tenant', /own identity provider/],
    ['unknown-tenant', /moved to another tenant/],
  ] as const)('advises about %s', (reason, advice) => {
    expect(state.stopped(confirmed, 'directory', { ...stop, reason }).advice).toMatch(advice);
  });

  it('has done nothing when the first fence was stopped', () => {
    expect(stoppedIn({}).stop).toEqual({
      done: [],
      notDone: ['directory:fence', 'directory:erase', 'directory:verify'],
      signIn: 'blocked',
    });
  });

  it('lists the steps that were done, the parts of the interrupted one, and the steps that were not', () => {
    expect(stoppedIn({ state: 'fenced' }, ['soft-delete']).stop).toMatchObject({
      done: ['directory:fence', 'directory:soft-delete'],
      notDone: ['directory:erase', 'directory:verify'],
    });
    expect(stoppedIn({ state: 'erased' }).stop).toMatchObject({
      done: ['directory:fence', 'directory:erase'],
      notDone: ['directory:verify'],
    });
    expect(stoppedIn({ state: 'verified' }).stop).toMatchObject({
      done: ['directory:fence', 'directory:erase', 'directory:verify'],
      notDone: [],
    });
  });

  it('has not erased what was erased and is there again', () => {
    expect(stoppedIn({ state: 'remains', erasedCount: 1 }, ['soft-delete']).stop).toEqual({
      done: ['directory:fence', 'directory:soft-delete'],
      notDone: ['directory:erase', 'directory:verify'],
      signIn: 'blocked',
    });
  });

  it('leaves other targets as they are', () => {
    expect(state.stopped(confirmed, 'elsewhere', stop).targets).toEqual(confirmed.targets);
  });
});
