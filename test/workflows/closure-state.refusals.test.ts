import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { signConfirmation } from '../../workflows/contract/confirmation';
import { OUTCOMES, type ClosureStatus } from '../../workflows/contract/status';
import {
  SEED,
  PUBLIC_KEY,
  ACCOUNT,
  CLOSURE_ID,
  LATER,
  PLANNED,
  YES,
  opened,
  asked,
  confirmed,
  waiting,
} from '../support/closure-on-its-way';

describe('a confirmation', () => {
  const refusalOf = (status: ClosureStatus, value: unknown): unknown =>
    state.confirmationRefusal(status, PUBLIC_KEY, value);

  it('is accepted while it is waited for, signed with the token, for the plan that was shown', () => {
    expect(refusalOf(asked, YES)).toBeUndefined();
  });

  it('succeeds again when it is the accepted one, in every later phase and after the end', () => {
    const later = [confirmed, state.entered(confirmed, 'erasing'), state.ended(confirmed, 'closed')];

    expect(later.map((status) => refusalOf(status, YES))).toEqual([undefined, undefined, undefined]);
    expect(state.isAcceptedConfirmation(confirmed, { ...YES })).toBe(true);
  });

  it('is not the accepted one when there is none, or plan or signature differ', () => {
    const other = signConfirmation(SEED, CLOSURE_ID, 'cd'.repeat(32));

    expect(state.isAcceptedConfirmation(asked, YES)).toBe(false);
    expect(state.isAcceptedConfirmation(confirmed, { ...YES, planDigest: other.planDigest })).toBe(false);
    expect(state.isAcceptedConfirmation(confirmed, { ...YES, signature: other.signature })).toBe(false);
  });

  it.each([undefined, null, 7, 'yes', {}, { planDigest: YES.planDigest }, { ...YES, signature: 'short' }])(
    'is refused as malformed when it is %p',
    (value) => {
      expect(refusalOf(asked, value)).toBe('malformed-confirmation');
    },
  );

  it('is refused when nobody waits for one', () => {
    const notWaiting = [opened, state.entered(asked, 'erasing'), state.ended(asked, 'expired')];

    expect(notWaiting.map((status) => refusalOf(status, YES))).toEqual(
      notWaiting.map(() => 'not-awaiting-confirmation'),
    );
  });

  it('is refused when another one was accepted a moment before', () => {
    const other = signConfirmation(SEED, CLOSURE_ID, 'cd'.repeat(32));

    expect(refusalOf(confirmed, other)).toBe('not-awaiting-confirmation');
  });

  it('is refused when it was signed with another token, whatever plan it names', () => {
    const forger = new Uint8Array(32).fill(8);

    expect(refusalOf(asked, signConfirmation(forger, CLOSURE_ID, PLANNED.planDigest))).toBe('wrong-token');
    expect(refusalOf(asked, signConfirmation(forger, CLOSURE_ID, 'cd'.repeat(32)))).toBe('wrong-token');
  });

  it('is refused when it was signed for another closure', () => {
    expect(refusalOf(asked, signConfirmation(SEED, ACCOUNT.tenantId, PLANNED.planDigest))).toBe('wrong-token');
  });

  it('is refused when it is for another plan', () => {
    expect(refusalOf(asked, signConfirmation(SEED, CLOSURE_ID, 'cd'.repeat(32)))).toBe('stale-plan');
  });
});

describe('a withdrawal', () => {
  it('is possible until the point of no return', () => {
    expect([opened, asked, confirmed, state.coolingOff(confirmed, LATER)].map(state.withdrawalRefusal)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is refused from the point of no return on', () => {
    expect(state.withdrawalRefusal(state.pastPointOfNoReturn(confirmed, LATER))).toBe('past-point-of-no-return');
  });

  it('succeeds again on a withdrawn closure, and is refused on one that ended otherwise', () => {
    const refusals = OUTCOMES.map((outcome) => [outcome, state.withdrawalRefusal(state.ended(asked, outcome))]);

    expect(Object.fromEntries(refusals)).toEqual({
      withdrawn: undefined,
      closed: 'past-point-of-no-return',
      rejected: 'past-point-of-no-return',
      expired: 'past-point-of-no-return',
      stopped: 'past-point-of-no-return',
    });
  });
});

describe("an operator's answer", () => {
  const retry = { target: 'export', action: 'retry', by: 'op-1' };
  const parked = state.parked(opened, waiting('export'));

  it.each(['eligibility', 'export', 'plan', 'directory'] as const)('is accepted for %s when it waits', (target) => {
    expect(state.resolutionRefusal(state.parked(opened, waiting(target)), { ...retry, target })).toBeUndefined();
  });

  it('is refused when that step does not wait', () => {
    expect(state.resolutionRefusal(opened, retry)).toBe('nothing-to-resolve');
    expect(state.resolutionRefusal(parked, { ...retry, target: 'plan' })).toBe('nothing-to-resolve');
  });

  it.each(['a', 'Op_1.x-Z', 'x'.repeat(64)])('names who decided by an opaque id such as %p', (by) => {
    expect(state.resolutionRefusal(parked, { ...retry, by })).toBeUndefined();
  });

  it.each(['', 'x'.repeat(65), 'Ada Lovelace', 'ada@analytical.example', 'a\n', '\na', 7, null, ['a']])(
    'is refused when it names who decided by %p',
    (by) => {
      expect(state.resolutionRefusal(parked, { ...retry, by })).toBe('malformed-resolution');
    },
  );

  it.each([
    undefined,
    null,
    'retry',
    {},
    { target: 'export', action: 'retry' },
    { target: 'export', by: 'op-1' },
    { action: 'retry', by: 'op-1' },
    { ...retry, action: 'skip' },
    { ...retry, target: 'somewhere' },
    { ...retry, target: ['export'] },
  ])('is refused when it is %p', (value) => {
    expect(state.resolutionRefusal(parked, value)).toBe('malformed-resolution');
  });
});
