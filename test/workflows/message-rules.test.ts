import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { signConfirmation } from '../../workflows/contract/confirmation';
import { RUNNING_PHASES } from '../../workflows/contract/phases';
import type { ClosureStatus } from '../../workflows/contract/status';
import * as rules from '../../workflows/message-rules';
import {
  ACCOUNT,
  answerTo,
  asked,
  byPhase,
  CLOSURE_ID,
  CONFIRM_BY,
  confirmed,
  erasing,
  FORGER,
  IN_TIME,
  opened,
  PLANNED,
  PUBLIC_KEY,
  SEED,
  waiting,
  YES,
} from '../support/statuses';

const OTHER_DIGEST = 'cd'.repeat(32);
const afterConfirmBy = (ms: number): Date => new Date(CONFIRM_BY.getTime() + ms);

describe('a confirmation', () => {
  const refusalOf = (status: ClosureStatus, value: unknown, now = IN_TIME): unknown =>
    rules.confirmationRefusal(status, value, { publicKey: PUBLIC_KEY, now });

  it('is accepted while it is waited for, in time, for the plan that was shown, signed with the token', () => {
    expect(refusalOf(asked, YES)).toBeUndefined();
  });

  it('is judged question by question: form, phase, window, plan, and the signature, which costs most, at last', () => {
    const forged = signConfirmation(FORGER, CLOSURE_ID, OTHER_DIGEST);
    const late = afterConfirmBy(1);

    expect([
      refusalOf(confirmed, { ...forged, note: '' }, late),
      refusalOf(confirmed, forged, late),
      refusalOf(asked, forged, late),
      refusalOf(asked, forged),
      refusalOf(asked, { ...forged, planDigest: PLANNED.planDigest }),
    ]).toEqual(['malformed-confirmation', 'not-awaiting-confirmation', 'window-over', 'stale-plan', 'wrong-token']);
  });

  it('is accepted up to the very end of the window, by the clock', () => {
    expect([-1, 0].map((ms) => refusalOf(asked, YES, afterConfirmBy(ms)))).toEqual([undefined, undefined]);
  });

  it('comes too late a millisecond after the window, even when nobody noticed its end', () => {
    expect(refusalOf(asked, YES, afterConfirmBy(1))).toBe('window-over');
  });

  it('succeeds again when it is the accepted one: in every later phase, after the window, after the end', () => {
    const refusals = byPhase(confirmed, (status) => refusalOf(status, { ...YES }, afterConfirmBy(1)));

    expect(new Set(Object.values(refusals))).toEqual(new Set([undefined]));
    expect(rules.isAcceptedConfirmation(confirmed, { ...YES })).toBe(true);
  });

  it('is not the accepted one when there is none, or plan or signature differ', () => {
    const other = signConfirmation(SEED, CLOSURE_ID, OTHER_DIGEST);

    expect(rules.isAcceptedConfirmation(asked, YES)).toBe(false);
    expect(rules.isAcceptedConfirmation(confirmed, { ...YES, planDigest: other.planDigest })).toBe(false);
    expect(rules.isAcceptedConfirmation(confirmed, { ...YES, signature: other.signature })).toBe(false);
  });

  it('is waited for in one phase only', () => {
    const expected = byPhase(asked, () => 'not-awaiting-confirmation');

    expect(byPhase(asked, (status) => refusalOf(status, YES))).toEqual({
      ...expected,
      awaitingConfirmation: undefined,
    });
  });

  it('is not waited for before it is said until when', () => {
    expect(refusalOf(state.entered(opened, 'awaitingConfirmation'), YES)).toBe('not-awaiting-confirmation');
  });

  it('is refused when another one was accepted a moment before', () => {
    expect(refusalOf(confirmed, signConfirmation(SEED, CLOSURE_ID, OTHER_DIGEST))).toBe('not-awaiting-confirmation');
  });

  it('is refused when it was signed with another token, or for another closure', () => {
    expect(refusalOf(asked, signConfirmation(FORGER, CLOSURE_ID, PLANNED.planDigest))).toBe('wrong-token');
    expect(refusalOf(asked, signConfirmation(SEED, ACCOUNT.tenantId, PLANNED.planDigest))).toBe('wrong-token');
  });

  it('is refused when it is for another plan, though the token is right', () => {
    expect(refusalOf(asked, signConfirmation(SEED, CLOSURE_ID, OTHER_DIGEST))).toBe('stale-plan');
  });

  it('is refused when it is for the plan that was shown before this one', () => {
    const askedAnew = state.askedToConfirm(confirmed, { ...PLANNED, planDigest: OTHER_DIGEST }, CONFIRM_BY);

    expect(refusalOf(askedAnew, YES)).toBe('stale-plan');
  });

  it('is never accepted with free text in the place of the signature', () => {
    const text = 'please call me back at the office tomorrow '.repeat(2);

    expect(text).toHaveLength(86);
    expect(refusalOf(asked, { ...YES, signature: text })).toBeDefined();
  });
});

describe('a withdrawal', () => {
  it('is possible until the point of no return, and succeeds again on a withdrawn closure', () => {
    const possible = byPhase(confirmed, () => undefined);
    const over = {
      closed: 'closure-has-ended',
      closedWithRetention: 'closure-has-ended',
      rejected: 'closure-has-ended',
      expired: 'closure-has-ended',
    };

    expect(byPhase(confirmed, rules.withdrawalRefusal)).toEqual({ ...possible, ...over, stopped: 'closure-has-ended' });
  });

  it('is refused in every phase past the point of no return, and is told of the end after it', () => {
    const refused = Object.fromEntries(RUNNING_PHASES.map((phase) => [phase, 'past-point-of-no-return']));

    expect(byPhase(erasing, rules.withdrawalRefusal)).toMatchObject({
      ...refused,
      closed: 'closure-has-ended',
      closedWithRetention: 'closure-has-ended',
      stopped: 'closure-has-ended',
    });
  });
});

describe("an operator's answer", () => {
  const first = waiting('export');
  const second = waiting('export', { since: '2026-02-02T10:00:00.000Z' });
  const retry = { target: 'export', action: 'retry', by: 'op-1' } as const;
  const parked = state.parked(opened, first);
  const answered = state.resolved(parked, answerTo(first));

  it.each(['eligibility', 'export', 'plan', 'ending', 'forgetting', 'directory'] as const)(
    'is accepted for %s when it waits',
    (target) => {
      expect(rules.resolutionRefusal(state.parked(opened, waiting(target)), { ...retry, target })).toBeUndefined();
    },
  );

  it('is accepted after the end, when what clears up afterwards waits', () => {
    const over = state.parked(state.ended(confirmed, 'closed'), waiting('forgetting'));

    expect(rules.resolutionRefusal(over, { ...retry, target: 'forgetting' })).toBeUndefined();
  });

  it('answers whatever waits when it does not say since when', () => {
    expect(rules.resolutionRefusal(parked, retry)).toBeUndefined();
    expect(rules.resolutionRefusal(state.parked(answered, second), retry)).toBeUndefined();
  });

  it('answers what has waited since then, and nothing else', () => {
    expect(rules.resolutionRefusal(parked, { ...retry, since: first.since })).toBeUndefined();
    expect(rules.resolutionRefusal(parked, { ...retry, since: second.since })).toBe('nothing-to-resolve');
  });

  it('is refused when that step does not wait', () => {
    expect(rules.resolutionRefusal(opened, retry)).toBe('nothing-to-resolve');
    expect(rules.resolutionRefusal(parked, { ...retry, target: 'plan' })).toBe('nothing-to-resolve');
    expect(rules.resolutionRefusal(parked, { ...retry, target: 'plan', since: first.since })).toBe(
      'nothing-to-resolve',
    );
  });

  it('succeeds again when it says since when, also after the end, whoever repeats it', () => {
    const again = { ...retry, since: first.since };

    expect(rules.isAnsweredAlike(answered, again)).toBe(true);
    expect(rules.resolutionRefusal(answered, again)).toBeUndefined();
    expect(rules.resolutionRefusal(answered, { ...again, by: 'op-2' })).toBeUndefined();
    expect(rules.resolutionRefusal(state.ended(answered, 'closed'), again)).toBeUndefined();
  });

  it('is refused when it is repeated without since, as nobody can tell that it is a repetition', () => {
    expect(rules.isAnsweredAlike(answered, retry)).toBe(false);
    expect(rules.resolutionRefusal(answered, retry)).toBe('nothing-to-resolve');
  });

  it('answers no later attention with the since of an earlier one: that is a repetition', () => {
    const waitsAgain = state.parked(answered, second);

    expect(rules.isAnsweredAlike(waitsAgain, { ...retry, since: first.since })).toBe(true);
    expect(rules.isAnsweredAlike(waitsAgain, { ...retry, since: second.since })).toBe(false);
    expect(rules.resolutionRefusal(waitsAgain, { ...retry, since: second.since })).toBeUndefined();
  });

  it('is refused when it is for an attention that nobody answered and that waits no longer', () => {
    const waitsAgain = state.parked(state.unparked(parked, 'export'), second);

    expect(rules.resolutionRefusal(waitsAgain, { ...retry, since: first.since })).toBe('nothing-to-resolve');
  });

  it('is not mistaken for the answer of another step at the same time', () => {
    const both = state.parked(answered, waiting('plan', { since: second.since }));

    expect(rules.isAnsweredAlike(both, { ...retry, target: 'plan', since: first.since })).toBe(false);
  });

  it('is refused by its form before anybody looks what waits', () => {
    expect(rules.resolutionRefusal(parked, { ...retry, basis: 'called at noon' })).toBe('malformed-resolution');
    expect(rules.resolutionRefusal(opened, { ...retry, by: 'Ada Lovelace' })).toBe('malformed-resolution');
  });
});
