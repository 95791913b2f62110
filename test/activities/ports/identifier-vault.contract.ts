import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HistoryRef } from '../../../activities/ports/audit-log';
import type { Identifiers, IdentifierVault, VaultKey } from '../../../activities/ports/identifier-vault';
import { Sensitive } from '../../../activities/ports/sensitive';
import { newClosureId } from './audit-log.contract';

/** A vault, and how to end it. */
export interface VaultUnderTest {
  readonly vault: IdentifierVault;
  readonly close: () => Promise<void>;
}

const HOUR_MS = 3_600_000;

/** What every `IdentifierVault` has to do. */
export function describeIdentifierVault(name: string, make: () => Promise<VaultUnderTest>): void {
  describe(`identifier vault: ${name}`, () => {
    const { signal } = new AbortController();
    let vault: IdentifierVault;
    let close: VaultUnderTest['close'];
    let shop: VaultKey;

    const historyOf = ({ closureId, firstRunId }: HistoryRef): HistoryRef => ({ closureId, firstRunId });

    beforeAll(async () => {
      // Many wait at once here.
      setMaxListeners(0, signal);
      ({ vault, close } = await make());
    });
    afterAll(async () => {
      await close();
    });
    beforeEach(() => {
      shop = newVaultKey();
    });

    it('opens what was kept', async () => {
      const values = { key: '4711', hashKey: 'ä"\\\n\u0000', empty: '' };

      expect(revealed(await vault.keep(shop, toIdentifiers(values), signal))).toStrictEqual(values);

      expect(revealed(await vault.open(shop, signal))).toStrictEqual(values);
    });

    it('opens as often as it is asked', async () => {
      await vault.keep(shop, toIdentifiers({ key: '4711' }), signal);

      const opened = await Promise.all([1, 2, 3].map(() => vault.open(shop, signal)));

      expect(opened.map(revealed)).toStrictEqual([{ key: '4711' }, { key: '4711' }, { key: '4711' }]);
    });

    it('keeps that there is nothing to keep', async () => {
      await vault.keep(shop, {}, signal);

      expect(revealed(await vault.open(shop, signal))).toStrictEqual({});
      expect(revealed(await vault.keep(shop, toIdentifiers({ key: '4711' }), signal))).toStrictEqual({});
    });

    it('knows of nothing under a key that nothing was kept under', async () => {
      expect(await vault.open(shop, signal)).toBeUndefined();
    });

    it('keeps the first of two, and answers with it', async () => {
      await vault.keep(shop, toIdentifiers({ key: 'first' }), signal);

      expect(revealed(await vault.keep(shop, toIdentifiers({ key: 'second' }), signal))).toStrictEqual({
        key: 'first',
      });
      expect(revealed(await vault.open(shop, signal))).toStrictEqual({ key: 'first' });
    });

    it('gives every one of many who keep at once the same answer', async () => {
      const writers = Array.from({ length: 20 }, (_, writer) =>
        vault.keep(shop, toIdentifiers({ key: String(writer) }), signal),
      );

      const answers = new Set((await Promise.all(writers)).map((kept) => kept['key']?.reveal()));

      expect(answers.size).toBe(1);
      expect(answers).toContain((await vault.open(shop, signal))?.['key']?.reveal());
    });

    it.each([{ target: 'crm' }, { round: 2 }, { firstRunId: 'another-run' }])(
      'keeps one place apart from another: %j',
      async (difference) => {
        const other = { ...shop, ...difference };
        await vault.keep(shop, toIdentifiers({ key: 'ours' }), signal);

        expect(await vault.open(other, signal)).toBeUndefined();
        expect(revealed(await vault.keep(other, toIdentifiers({ key: 'theirs' }), signal))).toStrictEqual({
          key: 'theirs',
        });
        expect(revealed(await vault.open(shop, signal))).toStrictEqual({ key: 'ours' });
      },
    );

    it('forgets everything of a history, counts it, and touches no other', async () => {
      const later = { ...shop, firstRunId: randomUUID() };
      const others = newVaultKey();
      for (const key of [shop, { ...shop, round: 2 }, { ...shop, target: 'closure' }, later, others]) {
        await vault.keep(key, toIdentifiers({ key: 'x' }), signal);
      }

      expect(await vault.forget(historyOf(shop), signal)).toBe(3);

      expect(await vault.open(shop, signal)).toBeUndefined();
      expect(revealed(await vault.open(later, signal))).toStrictEqual({ key: 'x' });
      expect(revealed(await vault.open(others, signal))).toStrictEqual({ key: 'x' });
    });

    it('forgets again without finding anything', async () => {
      await vault.keep(shop, toIdentifiers({ key: 'x' }), signal);
      await vault.forget(historyOf(shop), signal);

      expect(await vault.forget(historyOf(shop), signal)).toBe(0);
    });

    it('lists each history once of which everything is old enough', async () => {
      await vault.keep(shop, toIdentifiers({ key: 'x' }), signal);
      await vault.keep({ ...shop, target: 'crm' }, toIdentifiers({ key: 'x' }), signal);

      const ofShop = (await vault.histories(0, signal)).filter(({ closureId }) => closureId === shop.closureId);

      expect(ofShop).toStrictEqual([historyOf(shop)]);
      expect(await vault.histories(HOUR_MS, signal)).not.toContainEqual(historyOf(shop));
    });

    it('does nothing for a caller that has gone', async () => {
      const gone = AbortSignal.abort(new Error('gone'));

      await expect(vault.keep(shop, toIdentifiers({ key: 'x' }), gone)).rejects.toThrow('gone');
      await expect(vault.open(shop, gone)).rejects.toThrow('gone');
      await expect(vault.forget(historyOf(shop), gone)).rejects.toThrow('gone');
      await expect(vault.histories(0, gone)).rejects.toThrow('gone');
      expect(await vault.open(shop, signal)).toBeUndefined();
    });
  });
}

/** The place of a target of a closure that nobody knows yet. */
export function newVaultKey(): VaultKey {
  return { closureId: newClosureId(), firstRunId: randomUUID(), target: 'shop', round: 1 };
}

/** Identifiers of these values. */
export function toIdentifiers(values: Readonly<Record<string, string>>): Identifiers {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Sensitive(value)]));
}

/** The values of identifiers; `undefined` where there are none. */
export function revealed(identifiers: Identifiers | undefined): Readonly<Record<string, string>> | undefined {
  if (identifiers === undefined) return undefined;
  return Object.fromEntries(Object.entries(identifiers).map(([name, value]) => [name, value.reveal()]));
}
