import { describe, expect, it } from '@jest/globals';
import type { Erasure, ErasureTarget, OwnDoing, TakenOver } from '../../../activities/ports/erasure-target';
import { UnavailableError } from '../../../activities/ports/faults';
import { NotYetError } from '../../../activities/ports/step-faults';
import type { Whereabouts } from '../../../activities/ports/whereabouts';
import type { Account } from '../../../workflows/contract/account';
import { CLOSURE_ID } from '../../support/inputs';

/** A target with something of the person in it, and what a test can do to it. */
export interface TargetUnderTest {
  readonly target: ErasureTarget;
  readonly person: Account;
  /** Where the account is that the target's data belongs to. */
  readonly where: () => Whereabouts;
  /** How many things of the person are left. */
  readonly left: () => number;
  /** From now on no call to the far end is answered. */
  readonly goAway: () => void;
}

/** An effect under way, and what it has tried to change. */
interface Tried {
  readonly erasure: Erasure;
  readonly changes: string[];
}

const NOTHING_DONE: OwnDoing = {
  hasSent: () => false,
  hasDone: () => false,
  hasDoneNow: () => false,
  hasDoneSinceFence: () => false,
  isFenced: false,
  isCounted: false,
};

const TAKEN_OVER: TakenOver = {
  kind: 'taken-over',
  reason: 'managed-tenant',
  where: { kind: 'live', isSignInBlocked: true },
};

const tooEarly = (): never => {
  throw new NotYetError('ReadsUnsettled', 1_000);
};

function beginning(
  { person, where }: TargetUnderTest,
  recheck: Erasure['recheck'] = () => Promise.resolve(where()),
): Tried {
  const changes: string[] = [];
  const done = (part: string): boolean => changes.includes(part);
  return {
    changes,
    erasure: {
      closureId: CLOSURE_ID,
      account: person,
      signal: new AbortController().signal,
      reachedThrough: 'directory-1',
      own: { ...NOTHING_DONE, hasSent: done, hasDone: done, hasDoneNow: done },
      recheck,
      change: async (part, call) => {
        const answer = await call();
        changes.push(part);
        return answer;
      },
      notice: () => undefined,
      believe: tooEarly,
      lookAgain: tooEarly,
    },
  };
}

/** What every `ErasureTarget` has to do. */
export function describeErasureTarget(name: string, make: () => TargetUnderTest): void {
  const lookedAt = ({ person }: TargetUnderTest): Parameters<ErasureTarget['verify']>[0] => ({
    closureId: CLOSURE_ID,
    account: person,
    signal: new AbortController().signal,
    reachedThrough: 'directory-1',
  });

  describe(`erasure target: ${name}`, () => {
    it('plans by counts and codes alone, the same for the same holdings', async () => {
      const under = make();

      const plan = await under.target.plan(lookedAt(under));

      expect(plan.name).toBe(under.target.name);
      for (const { what, count } of plan.erases) {
        expect(what).toMatch(/^[a-z-]+$/);
        expect(Number.isInteger(count) && count >= 0).toBe(true);
      }
      await expect(under.target.plan(lookedAt(under))).resolves.toEqual(plan);
    });

    it('changes nothing by planning and verifying', async () => {
      const under = make();
      const before = under.left();

      await under.target.plan(lookedAt(under));

      await expect(under.target.verify(lookedAt(under))).resolves.toMatchObject({ kind: 'remains' });
      expect(under.left()).toBe(before);
    });

    it('is empty after it was erased, and verifies so', async () => {
      const under = make();

      await expect(under.target.erase(beginning(under).erasure)).resolves.toMatchObject({ kind: 'erased' });

      expect(under.left()).toBe(0);
      await expect(under.target.verify(lookedAt(under))).resolves.toEqual({ kind: 'absent' });
    });

    it('makes every changing call through the one that leaves traces', async () => {
      const under = make();
      const refusing = beginning(under);
      const erasure: Erasure = {
        ...refusing.erasure,
        change: () => Promise.reject(new UnavailableError({ farEnd: 'audit-log' })),
      };

      await expect(under.target.erase(erasure)).rejects.toThrow();
      if (under.target.fence !== undefined) await under.target.fence(erasure).catch(() => undefined);

      expect(under.left()).toBeGreaterThan(0);
    });

    it('changes nothing once somebody else seems to be in charge, and lets it settle first', async () => {
      const under = make();
      const before = under.left();
      const { erasure, changes } = beginning(under, () => Promise.resolve(TAKEN_OVER));

      await expect(under.target.erase(erasure)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
      if (under.target.fence !== undefined) await under.target.fence(erasure).catch(() => undefined);

      expect(changes).toEqual([]);
      expect(under.left()).toBe(before);
    });

    it('changes nothing once somebody else is in charge, and says where it stopped', async () => {
      const under = make();
      const before = under.left();
      const { erasure, changes } = beginning(under, () => Promise.resolve(TAKEN_OVER));
      const settled: Erasure = { ...erasure, believe: () => undefined };

      await expect(under.target.erase(settled)).resolves.toEqual({
        kind: 'stopped',
        reason: 'managed-tenant',
        signIn: 'blocked',
        done: [],
      });
      expect(changes).toEqual([]);
      expect(under.left()).toBe(before);
    });

    it('does not take what it cannot find for erased: it has to settle first', async () => {
      const under = make();
      const { erasure } = beginning(under, () => Promise.resolve({ kind: 'nowhere' }));

      await expect(under.target.erase(erasure)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
      expect(under.left()).toBeGreaterThan(0);
    });

    it('has no default success: a far end that does not answer is a fault', async () => {
      const under = make();
      under.goAway();

      await expect(under.target.erase(beginning(under).erasure)).rejects.toThrow();
      await expect(under.target.verify(lookedAt(under))).rejects.toThrow();
      await expect(under.target.plan(lookedAt(under))).rejects.toThrow();
    });
  });
}
