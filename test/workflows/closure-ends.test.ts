import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { REJECTION_ADVICE, REJECTION_REASONS } from '../../workflows/contract/eligibility';
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

describe('a closed closure', () => {
  it('is closed when nothing is kept, and says so in its outcome when something is', () => {
    expect(state.closed(confirmed, false)).toMatchObject({ phase: 'closed', outcome: 'closed' });
    expect(state.closed(confirmed, true)).toMatchObject({
      phase: 'closedWithRetention',
      outcome: 'closedWithRetention',
    });
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
  const steps = { done: ['directory:fence'], notDone: ['directory:erase', 'directory:verify'] };

  it('ends with the reason, what was done and what was not, and whether sign-in stays blocked', () => {
    expect(state.stopped(state.parked(confirmed, waiting('directory')), stop, steps)).toMatchObject({
      phase: 'stopped',
      outcome: 'stopped',
      reason: 'managed-tenant',
      attention: [],
      stop: { ...steps, signIn: 'blocked' },
    });
  });

  it.each([
    ['account-gone', /somebody else/],
    ['managed-tenant', /got an administrator/],
    ['federated-tenant', /own identity provider/],
    ['unknown-tenant', /moved to another tenant/],
  ] as const)('advises about %s', (reason, advice) => {
    expect(state.stopped(confirmed, { ...stop, reason }, steps).advice).toMatch(advice);
  });
});
