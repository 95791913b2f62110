import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  planHolds,
  type ErasurePlan,
  type PlannedItems,
  type PlannedRetention,
  type TargetPlan,
} from '../../../workflows/contract/plan';
import { TARGET_KINDS } from '../../../workflows/contract/targets';
import { guid } from '../../support/guid';

const closureId = fc
  .constantFrom('00000000-0000-4000-8000-000000000000', '10000000-0000-4000-8000-000000000000')
  .map(guid);
const what = fc.constantFrom('account', 'memberships', 'audit-logs', '","', '');
const BASES = ['legal-obligation', 'tax-records'] as const;
const planned: fc.Arbitrary<PlannedItems> = fc.record({
  what,
  action: fc.constantFrom('delete', 'anonymise'),
  count: fc.nat(),
});
const retained: fc.Arbitrary<PlannedRetention> = fc.record(
  {
    what,
    count: fc.nat(),
    basis: fc.constantFrom(...BASES),
    rule: fc.constantFrom('7 years after issued_at', '1 years after issued_at'),
    until: fc.constantFrom('2030-01-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z'),
  },
  { requiredKeys: ['what', 'count', 'basis'] },
);
const kept: fc.Arbitrary<TargetPlan['keptByProvider'][number]> = fc.record({
  what,
  basis: fc.constantFrom('provider-audit-log', 'provider-log-erasure-within-30-days'),
});

const plansOf = (maxLength: number): fc.Arbitrary<ErasurePlan> => {
  const target: fc.Arbitrary<TargetPlan> = fc.record(
    {
      name: fc.constantFrom('shop', 'directory'),
      kind: fc.constantFrom(...TARGET_KINDS),
      definitionDigest: fc.constantFrom('aa', 'bb'),
      subject: fc.constantFrom('cc', 'dd'),
      erases: fc.array(planned, { maxLength }),
      retains: fc.array(retained, { maxLength }),
      keptByProvider: fc.array(kept, { maxLength }),
    },
    { requiredKeys: ['name', 'kind', 'definitionDigest', 'erases', 'retains', 'keptByProvider'] },
  );
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
      ...targets.flatMap(({ name, kind, definitionDigest, subject, erases, retains, keptByProvider }, place) => [
        [place, name, kind, definitionDigest, subject],
        ...erases.map((item) => [place, item.action, item.what]),
        ...retains.map((item) => [place, 'retain', item.what, item.basis, item.rule]),
        ...keptByProvider.map((item) => [place, 'kept by the provider', item.what, item.basis]),
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

  it('holds while only counts and dates change, to nothing, too', () => {
    fc.assert(
      fc.property(plan, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (promised, counts) => {
        const recount = (items: readonly PlannedItems[]): PlannedItems[] =>
          items.map((item, index) => ({ ...item, count: counts[index] ?? 0 }));
        const later = (items: readonly PlannedRetention[]): PlannedRetention[] =>
          items.map((item, index) => ({ ...item, count: counts[index] ?? 0, until: '2040-01-01T00:00:00.000Z' }));
        const now = {
          ...promised,
          targets: promised.targets.map((it) => ({ ...it, erases: recount(it.erases), retains: later(it.retains) })),
        };

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

  it.each(BASES)('never holds when something stays for another reason than %s', (basis) => {
    fc.assert(
      fc.property(withTargets, retained, fc.nat(), (promised, item, at) => {
        fc.pre(item.basis !== basis);
        const keeping = (stays: PlannedRetention): ErasurePlan =>
          withTarget(promised, at, (it) => ({ ...it, retains: [...it.retains, stays] }));

        expectBroken(keeping(item), keeping({ ...item, basis }));
      }),
    );
  });

  it('never holds when what was to be erased would stay', () => {
    fc.assert(
      fc.property(withTargets, retained, fc.nat(), (promised, stays, at) => {
        const erasing = withTarget(promised, at, (it) => ({
          ...it,
          erases: [...it.erases, { what: stays.what, action: 'delete', count: 1 }],
        }));
        const keeping = withTarget(promised, at, (it) => ({ ...it, retains: [...it.retains, stays] }));

        expectBroken(erasing, keeping);
      }),
    );
  });

  it.each<[string, Partial<TargetPlan>]>([
    ['described otherwise', { definitionDigest: 'cc' }],
    ['about somebody else', { subject: 'ee' }],
    ['of another kind', { kind: 'directory' }],
    ['called otherwise', { name: 'crm' }],
  ])('never holds when a target is %s', (_how, change) => {
    fc.assert(
      fc.property(withTargets, fc.nat(), (promised, at) => {
        const changed = withTarget(promised, at, (it) => ({ ...it, ...change }));
        fc.pre(JSON.stringify(promised) !== JSON.stringify(changed));

        expectBroken(promised, changed);
      }),
    );
  });

  it('never holds when a rule of retention is another', () => {
    fc.assert(
      fc.property(withTargets, retained, fc.nat(), (promised, stays, at) => {
        const keeping = (rule: string): ErasurePlan =>
          withTarget(promised, at, (it) => ({ ...it, retains: [...it.retains, { ...stays, rule }] }));

        expectBroken(keeping('7 years after issued_at'), keeping('8 years after issued_at'));
      }),
    );
  });

  it('never holds when what was to be anonymised would be deleted', () => {
    fc.assert(
      fc.property(withTargets, fc.nat(), (promised, at) => {
        const doing = (action: PlannedItems['action']): ErasurePlan =>
          withTarget(promised, at, (it) => ({
            ...it,
            erases: [...it.erases, { what: 'app.orders', action, count: 1 }],
          }));

        expectBroken(doing('anonymise'), doing('delete'));
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
