import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as state from '../../workflows/closure-state';
import { closureWorkflowId } from '../../workflows/contract/account';
import { publicKeyOf, signConfirmation } from '../../workflows/contract/confirmation';
import { FAILURE_TYPES } from '../../workflows/contract/failures';
import { OUTCOMES, RUNNING_PHASES, type ClosureStatus, type TargetState } from '../../workflows/contract/status';
import { guid } from '../support/guid';

const SEED = new Uint8Array(32).fill(7);
const PUBLIC_KEY = publicKeyOf(SEED);
const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-000000000001'),
  objectId: guid('2b000000-0000-4000-8000-000000000002'),
};
const NOW = new Date('2026-01-31T09:30:00.000Z');
const OPENED = state.opened(closureWorkflowId(ACCOUNT), PUBLIC_KEY, NOW);
const STATES: readonly TargetState[] = ['planned', 'fenced', 'erased', 'verified', 'stopped'];

type Transition = (status: ClosureStatus) => ClosureStatus;

const digest = fc.constantFrom('ab'.repeat(32), 'cd'.repeat(32));
const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
const attentionTarget = fc.constantFrom('eligibility', 'export', 'plan', 'directory');

const transition: fc.Arbitrary<Transition> = fc.oneof(
  fc.constantFrom(...RUNNING_PHASES).map(
    (phase): Transition =>
      (status) =>
        state.entered(status, phase),
  ),
  fc.tuple(digest, instant).map(([planDigest, confirmBy]): Transition => (status) => {
    const targets = [{ name: 'directory' as const, erases: [], retains: [] }];
    const plan = { version: 1 as const, round: 1, closureId: status.closureId, targets };
    return state.askedToConfirm(status, { plan, planDigest }, confirmBy);
  }),
  fc.tuple(digest, instant).map(([planDigest, at]): Transition => (status) => {
    const yes = signConfirmation(SEED, status.closureId, planDigest);
    return state.confirmationRefusal(status, PUBLIC_KEY, yes) === undefined
      ? state.confirmed(status, yes, at)
      : state.confirmationRefused(status);
  }),
  instant.map(
    (at): Transition =>
      (status) =>
        state.coolingOff(status, at),
  ),
  instant.map(
    (at): Transition =>
      (status) =>
        state.pastPointOfNoReturn(status, at),
  ),
  fc.constantFrom(...STATES).map(
    (reached): Transition =>
      (status) =>
        state.targetReached(status, { name: 'directory', state: reached }),
  ),
  fc.tuple(attentionTarget, fc.constantFrom(...FAILURE_TYPES)).map(
    ([target, fault]): Transition =>
      (status) =>
        state.parked(status, { target, fault, since: NOW.toISOString(), attempts: 1 }),
  ),
  attentionTarget.map(
    (target): Transition =>
      (status) =>
        state.resolved(status, target),
  ),
  fc.constant<Transition>(state.cancellationIgnored),
);

const end: fc.Arbitrary<Transition> = fc.oneof(
  fc.constantFrom(...OUTCOMES).map(
    (outcome): Transition =>
      (status) =>
        state.ended(status, outcome),
  ),
  fc.constant<Transition>((status) => state.rejected(status, { kind: 'rejected', reason: 'blocked' })),
  fc.constantFrom('blocked' as const, 'unknown' as const).map(
    (signIn): Transition =>
      (status) =>
        state.stopped(status, 'directory', { kind: 'stopped', reason: 'managed-tenant', signIn, done: [] }),
  ),
);

const story = fc.array(transition, { maxLength: 30 });
const after = (transitions: readonly Transition[]): ClosureStatus =>
  transitions.reduce((status, next) => next(status), OPENED);

describe('whatever happens to a closure', () => {
  it('keeps its identity and its dates', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const { workflowId, closureId, receivedAt, dueBy } = after(transitions);

        expect({ workflowId, closureId, receivedAt, dueBy }).toEqual({
          workflowId: OPENED.workflowId,
          closureId: OPENED.closureId,
          receivedAt: OPENED.receivedAt,
          dueBy: OPENED.dueBy,
        });
      }),
    );
  });

  it('shows each waiting step once', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const targets = after(transitions).attention.map(({ target }) => target);

        expect(new Set(targets).size).toBe(targets.length);
      }),
    );
  });

  it('never holds a yes to another plan than the one it shows', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const { confirmation, planDigest } = after(transitions);

        expect(confirmation?.planDigest ?? planDigest).toBe(planDigest);
      }),
    );
  });

  it('leaves nothing waiting and its outcome as its phase, once it has ended', () => {
    fc.assert(
      fc.property(story, end, (transitions, last) => {
        const ended = last(after(transitions));

        expect(ended.attention).toEqual([]);
        expect(ended.phase).toBe(ended.outcome);
      }),
    );
  });

  it('accounts for every step of every target when it is stopped', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const before = after(transitions);
        const { stop } = state.stopped(before, 'directory', {
          kind: 'stopped',
          reason: 'account-gone',
          signIn: 'unknown',
          done: [],
        });

        const steps = [...(stop?.done ?? []), ...(stop?.notDone ?? [])];
        expect(steps).toEqual(
          before.targets.length === 0 ? [] : ['directory:fence', 'directory:erase', 'directory:verify'],
        );
      }),
    );
  });

  it('can never be withdrawn again once the point of no return is passed, unless it was withdrawn', () => {
    fc.assert(
      fc.property(story, story, (before, later) => {
        const passed = later.reduce((status, next) => next(status), state.pastPointOfNoReturn(after(before), NOW));

        expect(state.withdrawalRefusal(passed)).toBe('past-point-of-no-return');
      }),
    );
  });

  it('is never changed in place', () => {
    fc.assert(
      fc.property(story, transition, (transitions, next) => {
        const before = after(transitions);
        const copy = structuredClone(before);

        next(before);

        expect(before).toEqual(copy);
      }),
    );
  });
});

describe('an arbitrary value', () => {
  const anything = fc.oneof(fc.anything(), fc.jsonValue(), fc.object());
  const asked = state.askedToConfirm(
    OPENED,
    { plan: { version: 1, round: 1, closureId: OPENED.closureId, targets: [] }, planDigest: 'ab'.repeat(32) },
    NOW,
  );
  const shaped = fc.record({
    planDigest: fc.oneof(digest, anything),
    signature: fc.oneof(fc.string({ minLength: 86, maxLength: 86 }), anything),
  });

  it('never passes as a confirmation', () => {
    fc.assert(
      fc.property(fc.oneof(anything, shaped), (value) => {
        expect(state.confirmationRefusal(asked, PUBLIC_KEY, value)).toMatch(/^(malformed-confirmation|wrong-token)$/);
      }),
      { numRuns: 500 },
    );
  });

  it('never passes as the answer of an operator', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ target: anything, action: anything, by: anything })), (value) => {
        expect(state.resolutionRefusal(asked, value)).toBe('malformed-resolution');
      }),
      { numRuns: 500 },
    );
  });

  it('never passes as a request', () => {
    const input = fc.oneof(anything, fc.record({ account: anything, publicKey: fc.constant(PUBLIC_KEY) }));
    fc.assert(
      fc.property(input, (value) => {
        expect(state.isRequestFor(OPENED.workflowId, value)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
