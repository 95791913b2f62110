import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inOrder, type Ordered } from '../../workflows/in-order';

/** Any graph without a cycle: each comes after some of those that stand before it, given in any order. */
const graph: fc.Arbitrary<readonly Ordered[]> = fc
  .array(fc.array(fc.nat({ max: 19 }), { maxLength: 4 }), { maxLength: 12 })
  .map((afters) =>
    afters.map((after, index) => ({
      name: `t${String(index)}`,
      after: index === 0 ? [] : [...new Set(after.map((place) => `t${String(place % index)}`))],
    })),
  )
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

class Fault extends Error {}

interface Run {
  readonly begun: string[];
  readonly done: string[];
  /** The most that were under way at once. */
  most: number;
  fault: unknown;
}

/** Does all of it; how long each takes, and which fail, is the scheduler's and the caller's to say. */
async function run(
  all: readonly Ordered[],
  scheduler: fc.Scheduler,
  { failing = [], mostAtOnce }: { readonly failing?: readonly string[]; readonly mostAtOnce?: number } = {},
): Promise<Run> {
  const seen: Run = { begun: [], done: [], most: 0, fault: undefined };
  const performed = inOrder(
    all,
    async ({ name }) => {
      seen.begun.push(name);
      seen.most = Math.max(seen.most, seen.begun.length - seen.done.length);
      await scheduler.schedule(Promise.resolve());
      if (failing.includes(name)) throw new Fault(name);
      seen.done.push(name);
    },
    mostAtOnce,
  ).catch((fault: unknown) => {
    seen.fault = fault;
  });
  await scheduler.waitFor(performed);
  return seen;
}

/** Names of all that comes after one of those, directly or not. */
function behind(all: readonly Ordered[], names: readonly string[]): readonly string[] {
  const next = all.filter(({ name, after }) => !names.includes(name) && after.some((one) => names.includes(one)));
  return next.length === 0 ? names : behind(all, [...names, ...next.map(({ name }) => name)]);
}

describe('things that come after one another', () => {
  it('are all done, each once and after all that it comes after, however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.scheduler(), async (all, scheduler) => {
        const { begun, done } = await run(all, scheduler);

        expect(begun.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
        for (const { name, after } of all) {
          for (const earlier of after) expect(done.indexOf(earlier)).toBeLessThan(begun.indexOf(name));
          expect(done).toContain(name);
        }
      }),
    );
  });

  it('go on beside one that fails; only what comes after it is never begun, and the fault is told in the end', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.nat(), fc.scheduler(), async (all, at, scheduler) => {
        fc.pre(all.length > 0);
        const failing = all[at % all.length]?.name ?? '';
        const { done, fault } = await run(all, scheduler, { failing: [failing] });

        const lost = behind(all, [failing]);
        expect(done.toSorted()).toEqual(
          all
            .map(({ name }) => name)
            .filter((name) => !lost.includes(name))
            .toSorted(),
        );
        expect(fault).toBeInstanceOf(Fault);
      }),
    );
  });

  it('are never more at once than may be', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 3 }), fc.scheduler(), async (all, mostAtOnce, scheduler) => {
        const { most, done } = await run(all, scheduler, { mostAtOnce });

        expect(most).toBeLessThanOrEqual(mostAtOnce);
        expect(done).toHaveLength(all.length);
      }),
    );
  });

  it('are done at once when they do not depend on one another', async () => {
    const all = ['a', 'b', 'c'].map((name) => ({ name, after: [] }));
    const begun: string[] = [];

    await Promise.race([
      inOrder(all, ({ name }) => (begun.push(name), new Promise(() => undefined))),
      Promise.resolve(),
    ]);

    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('do not wait for what is not among them', async () => {
    const done: string[] = [];

    await inOrder([{ name: 'a', after: ['gone'] }], ({ name }) => Promise.resolve(void done.push(name)));

    expect(done).toEqual(['a']);
  });

  it('cannot be done in a circle: that is a defect, and is told instead of waiting for ever', async () => {
    const circle = [
      { name: 'a', after: ['b'] },
      { name: 'b', after: ['a'] },
    ];

    await expect(inOrder(circle, () => Promise.resolve())).rejects.toThrow('cycle');
  });
});
