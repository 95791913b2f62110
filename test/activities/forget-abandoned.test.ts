import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { forgetAbandoned } from '../../activities/forget-abandoned';
import type { ClosureLook } from '../../activities/closure-runs';
import { createFakeVault } from '../support/fake-vault';
import { newVaultKey, toIdentifiers } from './ports/identifier-vault.contract';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('The sweep of the vault', () => {
  let vault: ReturnType<typeof createFakeVault>;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'queueMicrotask'] });
    vault = createFakeVault();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const keptFor = async (ageMs: number): Promise<ReturnType<typeof newVaultKey>> => {
    const key = newVaultKey();
    await vault.keep(key, toIdentifiers({ key: '4711' }), signal);
    jest.setSystemTime(Date.now() + ageMs);
    return key;
  };
  const sweep = (seen: ClosureLook): Promise<number> =>
    forgetAbandoned({ vault, look: () => Promise.resolve(seen) }, signal);

  it.each([
    ['ended', 25],
    ['unknown', 91 * 24],
  ] as const)('removes what is kept for a closure that is %s, after %d hours', async (seen, hours) => {
    await keptFor(hours * HOUR_MS);

    expect(await sweep(seen)).toBe(1);
    expect(vault.kept).toEqual([]);
  });

  it.each([
    ['ended', 23],
    ['unknown', 89 * 24],
    ['goes-on', 400 * 24],
  ] as const)('leaves alone what is kept for a closure that is %s, after %d hours', async (seen, hours) => {
    await keptFor(hours * HOUR_MS);

    expect(await sweep(seen)).toBe(0);
    expect(vault.kept).toHaveLength(1);
  });

  it('asks for each history, and removes those that nobody needs', async () => {
    const [ended, open] = [await keptFor(DAY_MS), await keptFor(DAY_MS)];

    const removed = await forgetAbandoned(
      { vault, look: (closureId) => Promise.resolve(closureId === open.closureId ? 'goes-on' : 'ended') },
      signal,
    );

    expect(removed).toBe(1);
    expect(vault.kept).toEqual([expect.objectContaining({ closureId: open.closureId })]);
    expect(await vault.open(ended, signal)).toBeUndefined();
  });

  it('removes nothing that it cannot ask about', async () => {
    await keptFor(DAY_MS);
    const look = (): Promise<never> => Promise.reject(new Error('Temporal is away'));

    await expect(forgetAbandoned({ vault, look }, signal)).rejects.toThrow('Temporal is away');
    expect(vault.kept).toHaveLength(1);
  });
});
