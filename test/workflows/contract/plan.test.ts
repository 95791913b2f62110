import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  planHolds,
  RETENTION_BASES,
  type ErasurePlan,
  type PlannedItems,
  type RetainedItems,
  type TargetPlan,
} from '../../../workflows/contract/plan';
import { TARGET_NAMES } from '../../../workflows/contract/targets';
import { guid } from '../../support/guid';

const closureId = fc
  .constantFrom('00000000-0000-4000-8000-000000000000', '10000000-0000-4000-8000-000000000000')
  .map(guid);
const what = fc.constantFrom('account', 'memberships', 'audit-logs', '","', '');
const planned: fc.Arbitrary<PlannedItems> = fc.record({ what, count: fc.nat() });
const retained: fc.Arbitrary<RetainedItems> = fc.record({ what, basis: fc.constantFrom(...RETENTION_BASES) });

const plansOf = (maxLength: number): fc.Arbitrary<ErasurePlan> => {
  const target: fc.Arbitrary<TargetPlan> = fc.record({
    name: fc.constantFrom(...TARGET_NAMES),
    erases: fc.array(planned, { maxLength }),
    retains: fc.array(retained, { maxLength }),
  });
  const targets = fc.array(target, { maxLength });
  return fc.record({ version: fc.constant(1 as const), round: fc.nat(), closureId, targets });
};
const plan = plansOf(4);
/** So small that two of them often differ in one thing only, or in counts. */
const smallPlan = plansOf(1);

/** Everything that a plan covers, without counts and round: what a yes to it is a yes to. */
const coverage = ({ closureId: id, targets }: ErasurePlan): Set<string> =>
  new Set(
    [
      [id],
      ...targets.flatMap(({ name, erases, retains }, place) => [
        [place, name],
        ...erases.map((item) => [place, name, 'erase', item.what]),
        ...retains.map((item) => [place, name, 'retain', item.what, item.basis]),
      ]),
    ].map((covered) => JSON.stringify(covered)),
  );

/** The plan with one target changed, where it has one. */
const withTarget = (before: ErasurePlan, at: number, change: (target: TargetPlan) => TargetPlan): ErasurePlan => ({
  ...before,
  targets: before.targets.map((each, index) => (index === at % before.targets.length ? change(each) : each)),
});

/** A change never holds, whichever of the two was promised. */
function expectBroken(one: ErasurePlan, other: ErasurePlan): void {
  expect([planHolds(one, other), planHolds(other, one)]).toEqual([false, false]);
}

const withTargets = plan.filter(({ targets }) => targets.length > 0);

describe('a confirmed plan', () => {
  it('holds as it was shown', () => {
    fc.assert(
      fc.property(plan, (promised) => {
        expect(planHolds(promised, structuredClone(promised))).toBe(true);
      }),
    );
  });

  it('holds while only counts grow or shrink, to nothing, too', () => {
    fc.assert(
      fc.property(plan, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (promised, counts) => {
        const recount = (items: readonly PlannedItems[]): PlannedItems[] =>
          items.map((item, index) => ({ ...item, count: counts[index] ?? 0 }));
        const now = { ...promised, targets: promised.targets.map((it) => ({ ...it, erases: recount(it.erases) })) };

        expect(planHolds(promised, now)).toBe(true);
      }),
    );
  });

  it('holds in whichever round it was made', () => {
    fc.assert(
      fc.property(plan, fc.nat(), (promised, round) => {
        expect(planHolds(promised, { ...promised, round })).toBe(true);
      }),
    );
  });

  it('never holds for another closure', () => {
    fc.assert(
      fc.property(plan, plan, (promised, other) => {
        fc.pre(promised.closureId !== other.closureId);

        expectBroken(promised, { ...promised, closureId: other.closureId });
      }),
    );
  });

  it('never holds when a target came or went', () => {
    fc.assert(
      fc.property(withTargets, fc.nat(), (promised, at) => {
        expectBroken(promised, { ...promised, targets: promised.targets.toSpliced(at % promised.targets.length, 1) });
      }),
    );
  });

  it('never holds when a kind that is erased came or went', () => {
    fc.assert(
      fc.property(withTargets, planned, fc.nat(), (promised, more, at) => {
        expectBroken(
          promised,
          withTarget(promised, at, (it) => ({ ...it, erases: it.erases.toSpliced(at, 0, more) })),
        );
      }),
    );
  });

  it('never holds when a kind that stays came or went', () => {
    fc.assert(
      fc.property(withTargets, retained, fc.nat(), (promised, more, at) => {
        expectBroken(
          promised,
          withTarget(promised, at, (it) => ({ ...it, retains: it.retains.toSpliced(at, 0, more) })),
        );
      }),
    );
  });

  it.each(RETENTION_BASES)('never holds when something stays for another reason than %s', (basis) => {
    fc.assert(
      fc.property(withTargets, retained, fc.nat(), (promised, kept, at) => {
        fc.pre(kept.basis !== basis);
        const keeping = (item: RetainedItems): ErasurePlan =>
          withTarget(promised, at, (it) => ({ ...it, retains: [...it.retains, item] }));

        expectBroken(keeping(kept), keeping({ ...kept, basis }));
      }),
    );
  });

  it('never holds when what was to be erased would stay', () => {
    fc.assert(
      fc.property(withTargets, retained, fc.nat(), (promised, kept, at) => {
        const erasing = withTarget(promised, at, (it) => ({
          ...it,
          erases: [...it.erases, { what: kept.what, count: 1 }],
        }));
        const keeping = withTarget(promised, at, (it) => ({ ...it, retains: [...it.retains, kept] }));

        expectBroken(erasing, keeping);
      }),
    );
  });

  it('covers what was shown, no more and no less, whatever would be planned now', () => {
    fc.assert(
      fc.property(smallPlan, smallPlan, (promised, now) => {
        expect(planHolds(promised, now)).toBe(isDeepStrictEqual(coverage(promised), coverage(now)));
      }),
      { numRuns: 2000 },
    );
  });

  it('holds the other way round whenever it holds', () => {
    fc.assert(
      fc.property(smallPlan, smallPlan, (promised, now) => {
        expect(planHolds(now, promised)).toBe(planHolds(promised, now));
      }),
      { numRuns: 1000 },
    );
  });
});
