import { describe, expect, it } from '@jest/globals';
import { IndeterminateAnswerError } from '../../activities/ports/faults';
import { withdrawUpdate } from '../../workflows/contract/messages';
import { FakeWorld } from '../support/fake-world';
import { FollowUpAway } from '../support/follow-up-away';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

describe('a withdrawal', () => {
  it('is refused when the closure has expired already', async () => {
    const world = new FakeWorld();
    const followUp = new FollowUpAway();

    const ended = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        await closure.untilSeen(({ outcome }) => outcome === 'expired');
        await expect(closure.withdraw()).rejects.toMatchObject({ cause: { type: 'closure-has-ended' } });
        followUp.isAway = false;
        return await closure.handle.result();
      },
      { instead: followUp },
    );

    expect(ended.outcome).toBe('expired');
  });
});

describe("an operator's answer", () => {
  it('succeeds when it is repeated, and does not answer what came after it', async () => {
    const world = new FakeWorld();
    world.purge = 'refused';

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      const [first] = (await closure.untilAttention()).attention;
      await closure.resolve('directory', first?.since);
      await expect(closure.resolve('directory', first?.since)).resolves.toMatchObject({ phase: 'erasing' });

      const [second] = (await closure.untilAttention()).attention;
      expect(second?.since).not.toBe(first?.since);
      await expect(closure.resolve('directory', first?.since)).resolves.toMatchObject({ attention: [second] });

      world.purge = 'allowed';
      await closure.resolve('directory', second?.since);
      return await closure.handle.result();
    });

    expect(ended.outcome).toBe('closed');
  });

  it('is refused when it is repeated too often, so that another one still gets through', async () => {
    const world = new FakeWorld();
    world.purge = 'refused';

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      const [first] = (await closure.untilAttention()).attention;
      await closure.resolve('directory', first?.since);
      for (let repeat = 1; repeat <= 100; repeat += 1) await closure.resolve('directory', first?.since);

      await expect(closure.resolve('directory', first?.since)).rejects.toMatchObject({
        cause: { type: 'repeated-too-often' },
      });
      await closure.untilAttention();
      world.purge = 'allowed';
      await closure.resolve('directory');
      return await closure.handle.result();
    });

    expect(ended.outcome).toBe('closed');
  });

  it('is refused when nothing waits since then', async () => {
    const world = new FakeWorld();
    world.purge = 'refused';

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilAttention();
      await expect(closure.resolve('directory', '2020-01-01T00:00:00.000Z')).rejects.toMatchObject({
        cause: { type: 'nothing-to-resolve' },
      });
      await expect(closure.resolve('export')).rejects.toMatchObject({ cause: { type: 'nothing-to-resolve' } });
      world.purge = 'allowed';
      await closure.resolve('directory');
      await closure.handle.result();
    });

    expect(world.account).toBe('gone');
  });
});

describe('answers that cannot be told', () => {
  it('are retried, never guessed, and need an operator when they do not end', async () => {
    const world = new FakeWorld();
    world.before('kindOf', () => {
      throw new IndeterminateAnswerError({ farEnd: 'tenant-realm' }, 'NameSpaceType is missing');
    });

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const parked = await closure.untilAttention();
      expect(parked).toMatchObject({
        phase: 'checking',
        attention: [{ target: 'eligibility', fault: 'Indeterminate' }],
      });
      await closure.handle.executeUpdate(withdrawUpdate);
    });

    expect(world.calls.filter((call) => call === 'kindOf').length).toBeGreaterThan(10);
  });

  it('after the confirmation leave the closure withdrawable, because nothing is destroyed yet', async () => {
    const world = new FakeWorld();
    world.before('kindOf', (times) => {
      if (times > 1) throw new IndeterminateAnswerError({ farEnd: 'tenant-realm' }, 'NameSpaceType is missing');
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilPhase('erasing');
      return await closure.handle.executeUpdate(withdrawUpdate);
    });

    expect(status.outcome).toBe('withdrawn');
    expect(world.account).toBe('live');
  });
});
