import { describe, expect, it } from '@jest/globals';
import { compareIdentifiers, keepIdentifiers, openIdentifiers } from '../../../activities/identifiers';
import type {
  Confirmed,
  Erasure,
  ErasureTarget,
  Holdings,
  NoLongerOurs,
  OwnDoing,
  Planning,
} from '../../../activities/ports/erasure-target';
import { UnavailableError } from '../../../activities/ports/faults';
import { NotYetError } from '../../../activities/ports/step-faults';
import type { Account } from '../../../workflows/contract/account';
import { createFakeVault } from '../../support/fake-vault';
import { HISTORY } from '../../support/inputs';

/** A target with something of the person in it, and what a test can do to it. */
export interface TargetUnderTest {
  readonly target: ErasureTarget;
  readonly person: Account;
  /** How many things of the person are left that are not kept for a reason. */
  readonly left: () => number | Promise<number>;
  /** All that is there of somebody else, to the byte. */
  readonly bystander: () => string | Promise<string>;
  /** From now on no call to the far end is answered. */
  readonly goAway: () => void | Promise<void>;
  /** From now on the tenant has an administrator. Answers what the closure's own check says of it, where the target asks that. */
  readonly takeOver: () => NoLongerOurs;
}

const TARGET = 'target';
const DESCRIBED = { target: TARGET, definitionDigest: 'dd'.repeat(32) };
const TAKEN: NoLongerOurs = { kind: 'stopped', reason: 'managed-tenant', signIn: 'not-blocked', done: [] };

const NOTHING_DONE: OwnDoing = {
  hasSent: () => false,
  hasDone: () => false,
  hasDoneNow: () => false,
  hasDoneSinceFence: () => false,
  isFenced: false,
  isCounted: false,
};

const tooEarly = (): never => {
  throw new NotYetError('ReadsUnsettled', 1_000);
};

/** One closure of a target: what it plans, and what it does by that plan. */
class Closing {
  readonly changes: string[] = [];
  readonly #under: TargetUnderTest;
  readonly #vault = createFakeVault();
  readonly #signal = new AbortController().signal;
  #plan: Holdings | undefined;
  #work: unknown;

  constructor(under: TargetUnderTest) {
    this.#under = under;
  }

  async plan(): Promise<Holdings> {
    const planned = await this.#under.target.plan(this.planning);
    this.#plan ??= planned;
    return planned;
  }

  /** Erases for as long as it is only too early. */
  async erase(changes: Partial<Erasure> = {}): ReturnType<ErasureTarget['erase']> {
    try {
      return await this.#under.target.erase({ ...this.erasure(), ...changes });
    } catch (fault) {
      if (fault instanceof NotYetError && fault.type === 'ErasureRunning') return await this.erase(changes);
      throw fault;
    }
  }

  get planning(): Planning {
    const keep: Planning['keep'] = (found) =>
      keepIdentifiers(this.#vault, { ...HISTORY, round: 1, ...DESCRIBED }, { found, signal: this.#signal });
    return { closureId: HISTORY.closureId, account: this.#under.person, signal: this.#signal, keep };
  }

  /** Another look that keeps nothing, as the one before the erasure does. */
  planAgain(): Promise<Holdings> {
    const keep: Planning['keep'] = (found) =>
      compareIdentifiers(this.#vault, { ...HISTORY, round: 1 }, { found, signal: this.#signal });
    return this.#under.target.plan({ ...this.planning, keep });
  }

  get confirmed(): Confirmed {
    const subject = this.#plan?.subject === undefined ? {} : { subject: this.#plan.subject };
    return {
      closureId: HISTORY.closureId,
      account: this.#under.person,
      signal: this.#signal,
      kept: () => openIdentifiers(this.#vault, { ...HISTORY, planRound: 1, ...DESCRIBED, ...subject }, this.#signal),
      retains: this.#plan?.retains ?? [],
    };
  }

  erasure(round = 1): Erasure {
    const done = (part: string): boolean => this.changes.includes(part);
    return {
      ...this.confirmed,
      firstRunId: HISTORY.firstRunId,
      target: TARGET,
      round,
      own: { ...NOTHING_DONE, hasSent: done, hasDone: done, hasDoneNow: done },
      isCancelled: () => false,
      noLongerOurs: () => Promise.resolve(undefined),
      change: async (part, call) => {
        const answer = await call();
        this.changes.push(part);
        return answer;
      },
      keptWork: this.#work,
      keepWork: (work) => {
        // As it comes over the wire.
        this.#work = JSON.parse(JSON.stringify(work));
      },
      notice: () => undefined,
      believe: tooEarly,
      lookAgain: tooEarly,
    };
  }
}

/** What every `ErasureTarget` has to do. */
export function describeErasureTarget(name: string, make: () => TargetUnderTest | Promise<TargetUnderTest>): void {
  const begin = async (): Promise<{ readonly under: TargetUnderTest; readonly closing: Closing }> => {
    const under = await make();
    return { under, closing: new Closing(under) };
  };
  const planned = async (): ReturnType<typeof begin> => {
    const begun = await begin();
    await begun.closing.plan();
    return begun;
  };

  describe(`erasure target: ${name}`, () => {
    it('plans by counts and codes alone, the same for the same holdings', async () => {
      const { closing } = await begin();

      const plan = await closing.plan();

      for (const { what, count } of [...plan.erases, ...plan.retains]) {
        expect(what).toMatch(/^[\w.:"-]+$/);
        expect(Number.isInteger(count) && count >= 0).toBe(true);
      }
      await expect(closing.plan()).resolves.toEqual(plan);
      await expect(closing.planAgain()).resolves.toEqual(plan);
    });

    it('changes nothing by planning and verifying', async () => {
      const { under, closing } = await planned();
      const before = await under.left();

      await expect(under.target.verify(closing.confirmed)).resolves.toMatchObject({ kind: 'remains' });

      expect(before).toBeGreaterThan(0);
      expect(await under.left()).toBe(before);
    });

    it('is empty after it was erased, verifies so, and has touched nobody else', async () => {
      const { under, closing } = await planned();
      const others = await under.bystander();

      await expect(closing.erase()).resolves.toMatchObject({ kind: 'erased' });

      expect(await under.left()).toBe(0);
      expect(await under.bystander()).toBe(others);
      await expect(under.target.verify(closing.confirmed)).resolves.toMatchObject({ kind: 'absent' });
    });

    it('says the same of an erasure that is asked for again', async () => {
      const { under, closing } = await planned();

      const first = await closing.erase();

      await expect(closing.erase()).resolves.toEqual(first);
      expect(await under.left()).toBe(0);
    });

    it('makes every changing call through the one that leaves traces', async () => {
      const { under, closing } = await planned();
      const change = (): Promise<never> => Promise.reject(new UnavailableError({ farEnd: 'audit-log' }));
      const before = await under.left();

      await expect(closing.erase({ change })).rejects.toThrow();
      if (under.target.fence !== undefined)
        await under.target.fence({ ...closing.erasure(), change }).catch(() => undefined);

      expect(await under.left()).toBe(before);
    });

    it('changes nothing once somebody else is in charge, and says where it stopped', async () => {
      const { under, closing } = await planned();
      const before = await under.left();
      const taken = under.takeOver();

      const believed = { noLongerOurs: () => Promise.resolve(taken), believe: () => undefined };
      await expect(closing.erase(believed)).resolves.toEqual(TAKEN);

      expect(closing.changes).toEqual([]);
      expect(await under.left()).toBe(before);
    });

    it('does not go on once somebody else seems to be in charge, until that has settled', async () => {
      const { under, closing } = await planned();
      const before = await under.left();
      under.takeOver();

      await expect(closing.erase({ noLongerOurs: tooEarly })).rejects.toMatchObject({ type: 'ReadsUnsettled' });

      expect(closing.changes).toEqual([]);
      expect(await under.left()).toBe(before);
    });

    it('has no default success: a far end that does not answer is a fault', async () => {
      const { under, closing } = await planned();
      await under.goAway();

      await expect(closing.erase()).rejects.toThrow();
      await expect(under.target.verify(closing.confirmed)).rejects.toThrow();
      await expect(closing.plan()).rejects.toThrow();
    });
  });
}
