import { describe, expect, it } from '@jest/globals';
import { endOf, refused, statesOf, worldOfSystems } from '../support/several-systems';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

describe('a takeover', () => {
  it('ends the erasure of all systems, and each tells what it has done', async () => {
    const world = worldOfSystems();
    world.serviceNamed('crm').before = (call) => {
      if (call === 'requestErasure') world.realmKind = 'managed';
    };
    world.before('softDelete', () => {
      throw new TypeError('nothing is deleted after a takeover');
    });

    const status = await endOf(closures, world);

    expect(status).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant' });
    expect(status.stop?.done).toEqual(expect.arrayContaining(['shop:erase', 'mail:erase', 'crm:erase']));
    expect(status.stop?.notDone).toEqual(expect.arrayContaining(['directory:erase', 'shop:verify']));
    expect(world.account).toBe('live');
  });

  it('while several are erased ends those that have not begun, and writes nothing more', async () => {
    const world = worldOfSystems();
    // The mail's erasure runs for days; meanwhile the shop finds that the tenant has an administrator.
    world.serviceNamed('mail').looks = 1_000;
    world.serviceNamed('mail').before = (call) => {
      if (call === 'progress') world.realmKind = 'managed';
    };
    const shop = world.serviceNamed('shop');
    let isThrottled = true;
    shop.before = (call) => {
      if (call === 'requestErasure' && isThrottled) refused();
    };

    const status = await endOf(closures, world, async (closure) => {
      await closure.untilAttention();
      await closure.untilSeen(() => world.serviceNamed('mail').calls.includes('progress'));
      isThrottled = false;
      await closure.resolve('shop');
    });

    expect(status).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant', stop: { signIn: 'blocked' } });
    expect(statesOf(status)).toEqual([
      ['shop', 'stopped'],
      ['mail', 'planned'],
      ['crm', 'planned'],
      ['directory', 'fenced'],
    ]);
    expect(shop.held).toBe(3);
    expect(world.serviceNamed('crm').held).toBe(3);
  });
});
