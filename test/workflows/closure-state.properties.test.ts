import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as state from '../../workflows/closure-state';
import { signConfirmation } from '../../workflows/contract/confirmation';
import { FAILURE_TYPES } from '../../workflows/contract/failures';
import { OUTCOMES, RUNNING_PHASES } from '../../workflows/contract/phases';
import { TARGET_STATES, type ClosureStatus } from '../../workflows/contract/status';
import { STEP_NAMES } from '../../workflows/contract/targets';
import { withdrawalRefusal } from '../../workflows/message-rules';
import { directoryPlan, erasurePlan } from '../support/planned-targets';
import { answerTo, IN_TIME, opened, SEED, waiting } from '../support/statuses';

type Transition = (status: ClosureStatus) => ClosureStatus;

const digest = fc.constantFrom('ab'.repeat(32), 'cd'.repeat(32));
const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
const attentionTarget = fc.constantFrom(...STEP_NAMES, 'directory', 'shop');
const coolingOffMs = fc.constantFrom(0, 1, 86_400_000);

const transition: fc.Arbitrary<Transition> = fc.oneof(
  fc.constantFrom(...RUNNING_PHASES).map(
    (phase): Transition =>
      (status) =>
        state.entered(status, phase),
  ),
  fc.tuple(digest, instant).map(([planDigest, confirmBy]): Transition => (status) => {
    const plan = erasurePlan(status.closureId, [directoryPlan()]);
    return state.askedToConfirm(status, { plan, planDigest }, confirmBy);
  }),
  fc.tuple(instant, coolingOffMs).map(([at, ms]): Transition => (status) => {
    if (status.planDigest === undefined) return state.confirmationRefused(status);
    const yes = signConfirmation(SEED, status.closureId, status.planDigest);
    return state.confirmed(status, yes, { at, coolingOffMs: ms });
  }),
  fc.constant<Transition>(state.exporting),
  fc.constant<Transition>((status) => state.exported(status, { kind: 'saved', container: 'export-1', files: [] })),
  instant.map(
    (at): Transition =>
      (status) =>
        state.exportDeclined(status, at.toISOString()),
  ),
  instant.map(
    (at): Transition =>
      (status) =>
        state.pastPointOfNoReturn(status, at),
  ),
  fc.constantFrom(...TARGET_STATES).map(
    (reached): Transition =>
      (status) =>
        state.targetReached(status, { name: 'directory', kind: 'directory', state: reached }),
  ),
  fc.tuple(attentionTarget, fc.constantFrom(...FAILURE_TYPES)).map(
    ([target, fault]): Transition =>
      (status) =>
        state.parked(status, waiting(target, { fault })),
  ),
  attentionTarget.map(
    (target): Transition =>
      (status) =>
        state.resolved(status, answerTo(waiting(target))),
  ),
  attentionTarget.map(
    (target): Transition =>
      (status) =>
        state.unparked(status, target),
  ),
  fc.constant<Transition>(state.cancellationIgnored),
);

const STOP = {
  kind: 'stopped',
  reason: 'managed-tenant',
  signIn: 'unknown',
  done: [],
  isPastPointOfNoReturn: true,
} as const;

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
        state.stopped(status, { ...STOP, signIn }, { done: [], notDone: [] }),
  ),
);

const story = fc.array(transition, { maxLength: 30 });
const after = (transitions: readonly Transition[]): ClosureStatus =>
  transitions.reduce((status, next) => next(status), opened);

describe('whatever happens to a closure', () => {
  it('keeps its identity and its dates', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const { workflowId, closureId, receivedAt, dueBy } = after(transitions);

        expect({ workflowId, closureId, receivedAt, dueBy }).toEqual({
          workflowId: opened.workflowId,
          closureId: opened.closureId,
          receivedAt: opened.receivedAt,
          dueBy: opened.dueBy,
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

  it('knows one answer a step', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const targets = after(transitions).answered.map(({ target }) => target);

        expect(new Set(targets).size).toBe(targets.length);
      }),
    );
  });

  it('can never be withdrawn again once the point of no return is passed', () => {
    fc.assert(
      fc.property(story, story, (before, later) => {
        const passed = later.reduce((status, next) => next(status), state.pastPointOfNoReturn(after(before), IN_TIME));

        expect(withdrawalRefusal(passed)).toBe('past-point-of-no-return');
        expect(passed.pointOfNoReturnAt).toBe(after(before).pointOfNoReturnAt ?? IN_TIME.toISOString());
      }),
    );
  });

  it('tells the search attribute of each waiting step', () => {
    fc.assert(
      fc.property(story, (transitions) => {
        const status = after(transitions);

        expect(state.attentionLabels(status)).toEqual(
          status.attention.map(({ target, fault }) => `${target}:${fault}`),
        );
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
