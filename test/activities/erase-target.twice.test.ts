import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeWorld, type Call } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { attempt, untilDone } from '../support/run-activity';

const ERASED = { kind: 'erased', count: 1 };

const erase = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world)]);
const outcomes = (world: FakeWorld): unknown[] =>
  world.auditLog.entries.filter(({ kind }) => kind === 'result').map(({ outcome }) => outcome);

describe('two attempts of an erasure at the same time', () => {
  it('erase the account and tell the same, in whatever order their calls come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new FakeWorld();
        const calls: Call[] = ['append', 'findAccount', 'kindOf', 'softDelete', 'purge'];
        for (const call of calls) world.before(call, () => scheduler.schedule(Promise.resolve(), call));

        const both = Promise.allSettled([erase(world), erase(world)]);
        await scheduler.waitFor(both);
        await scheduler.waitFor(untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]));

        const told = (await both).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
        expect(world.account).toBe('gone');
        expect(outcomes(world)).toEqual([ERASED]);
        for (const answer of told) expect(answer).toEqual(outcomes(world)[0]);
      }),
      { numRuns: 300 },
    );
  });

  it('leave the count of the first: the second finds less but does not say so', async () => {
    const world = new FakeWorld();

    const both = await Promise.all([
      erase(world),
      untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]),
    ]);

    expect(both).toEqual([ERASED, ERASED]);
    expect(outcomes(world)).toEqual([ERASED]);
  });
});
