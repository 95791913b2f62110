import { describe, expect, it } from '@jest/globals';
import { FakeWorld, type Call } from '../support/fake-world';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

/** The effects in their order, each row of repetitions once. */
function course({ effects }: FakeWorld): Call[] {
  return effects.filter((call, place) => call !== effects[place - 1]);
}

describe('an account that somebody takes back', () => {
  it('waits for an operator when it is restored after our deletion, and is fenced anew before it is erased', async () => {
    const world = new FakeWorld();
    world.purge = 'refused';

    const { parked, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilAttention();
      world.account = 'live';
      world.isSignInBlocked = false;
      world.purge = 'allowed';
      await closure.resolve('directory');
      const restored = await closure.untilAttention();
      expect(course(world).at(-1)).toBe('purge');
      await closure.resolve('directory');
      return { parked: restored, ended: await closure.handle.result() };
    });

    expect(parked).toMatchObject({
      attention: [{ target: 'directory', fault: 'AccountRestored' }],
      targets: [{ name: 'directory', state: 'planned' }],
    });
    expect(course(world)).toEqual([
      'requestExport',
      ...['blockSignIn', 'revokeSessions', 'softDelete', 'purge'],
      ...['blockSignIn', 'revokeSessions', 'softDelete', 'purge'],
    ]);
    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ state: 'verified', erasedCount: 1 }] });
  });

  it('waits for an operator when it is enabled after our fence, and is fenced anew before it is erased', async () => {
    const world = new FakeWorld();
    world.after('revokeSessions', (times) => {
      if (times === 1) world.isSignInBlocked = false;
    });

    const { parked, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      const enabled = await closure.untilAttention();
      expect(world.effects).not.toContain('softDelete');
      await closure.resolve('directory');
      return { parked: enabled, ended: await closure.handle.result() };
    });

    expect(parked).toMatchObject({
      attention: [{ target: 'directory', fault: 'AccountReenabled' }],
      targets: [{ name: 'directory', state: 'planned' }],
    });
    expect(world.effects).toEqual([
      'requestExport',
      ...['blockSignIn', 'revokeSessions'],
      ...['blockSignIn', 'revokeSessions', 'softDelete', 'purge'],
    ]);
    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ state: 'verified', erasedCount: 1 }] });
  });
});

describe('an account that is still found after it was erased', () => {
  it('waits for an operator after three rounds, and the fourth really erases', async () => {
    const world = new FakeWorld();
    let comesBack = true;
    world.after('purge', () => {
      if (comesBack) world.account = 'deleted';
    });

    const { parked, purgesBefore, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      const remains = await closure.untilAttention();
      const purges = world.effects.filter((call) => call === 'purge').length;
      comesBack = false;
      await closure.resolve('directory');
      return { parked: remains, purgesBefore: purges, ended: await closure.handle.result() };
    });

    expect(parked).toMatchObject({
      phase: 'verifying',
      attention: [{ target: 'directory', fault: 'RemainsFound', attempts: 3 }],
      targets: [{ name: 'directory', state: 'remains', erasedCount: 1, rounds: 3 }],
    });
    expect(purgesBefore).toBe(3);
    expect(world.effects.filter((call) => call === 'purge')).toHaveLength(4);
    expect(ended).toMatchObject({
      outcome: 'closed',
      targets: [{ name: 'directory', state: 'verified', erasedCount: 1, rounds: 4 }],
    });
  });

  it('is not reported as erased when the closure is stopped then', async () => {
    const world = new FakeWorld();
    world.after('purge', () => {
      world.account = 'deleted';
      world.realmKind = 'managed';
    });

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(ended).toMatchObject({
      outcome: 'stopped',
      reason: 'managed-tenant',
      stop: {
        done: ['directory:fence', 'directory:soft-delete'],
        notDone: ['directory:erase', 'directory:verify'],
        signIn: 'blocked',
      },
    });
  });
});
