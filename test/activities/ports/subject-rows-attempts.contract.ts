import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import type { Sensitive } from '../../../activities/ports/sensitive';
import { ada, adasIds, aHashKey, anEffect } from '../../support/a-shop';
import { startDeafProxy } from '../../support/deaf-proxy';
import { queryAs, runAs } from '../../support/own-database';
import { eraseAll, shopOfEachTest, type MakeRows, type ShopUnderTest } from '../../support/shop-of-each-test';

/** What every `SubjectRows` has to do however often, late or twice at once it is asked. */
export function describeAttemptsOnRows(name: string, make: () => Promise<ShopUnderTest>, makeRows: MakeRows): void {
  describe(`attempts on the rows of one person: ${name}`, () => {
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const shop = shopOfEachTest(make, makeRows);
    let rows: OpenSubjectRows;
    let hashKey: Sensitive<string>;
    const asked = (statement: string): Promise<readonly unknown[]> => queryAs(shop.ownerUrl, statement);

    beforeEach(() => {
      rows = shop.open();
      hashKey = aHashKey();
    });

    it('knows its progress from the ledger alone, and does nothing more once it is done', async () => {
      const effect = anEffect();
      expect(await rows.progress(effect, signal)).toBeUndefined();

      const last = (await eraseAll(rows, { effect, hashKey })).at(-1);

      const another = shop.open();
      expect(await another.progress(effect, signal)).toStrictEqual(last);
      expect(await another.eraseBatch({ effect, ids: adasIds, hashKey }, signal)).toStrictEqual(last);
      expect(await asked(`SELECT sum(changed)::int AS n FROM closure.closure_ledger`)).toStrictEqual([{ n: 24 }]);
    });

    it('erases what comes in while it is at work', async () => {
      const effect = anEffect();
      await rows.eraseBatch({ effect, ids: adasIds, hashKey }, signal);
      await runAs(
        shop.ownerUrl,
        `INSERT INTO app.visits (object_id, page) SELECT '${ada.objectId}', 'late' FROM generate_series(1, 7)`,
      );

      const last = (await eraseAll(rows, { effect, hashKey })).at(-1);

      expect(last?.soFar[0]).toStrictEqual({ what: 'app.visits', count: 11 });
      expect(await rows.remaining({ ids: adasIds, hashKey }, signal)).toMatchObject({ remaining: 0 });
    });

    it('neither doubles nor loses a batch whose answer to the COMMIT was lost', async () => {
      const proxy = await startDeafProxy(shop.url);
      const cut = shop.open(undefined, 3, proxy.url);
      const effect = anEffect();

      for (let batch = 1; batch <= 3; batch += 1) {
        await cut.progress(effect, signal);
        const lost = proxy.loseNextAnswer('COMMIT');
        await expect(eraseAll(cut, { effect, hashKey })).rejects.toMatchObject({ name: 'UnavailableError' });
        await lost;
      }
      const last = (await eraseAll(cut, { effect, hashKey })).at(-1);

      expect(last?.soFar.map(({ count }) => count)).toStrictEqual([4, 10, 5, 4, 1]);
      await shop.closeOpened();
      await proxy.close();
    });

    it('lets one of two attempts at once do each batch', async () => {
      const effect = anEffect();

      const [one, other] = await Promise.all([
        eraseAll(rows, { effect, hashKey }),
        eraseAll(shop.open(), { effect, hashKey }),
      ]);

      expect(one.at(-1)).toStrictEqual(other.at(-1));
      expect(one.at(-1)?.soFar.map(({ count }) => count)).toStrictEqual([4, 10, 5, 4, 1]);
    });

    it('changes nothing by an attempt that comes late, when all was done', async () => {
      const effect = anEffect();
      await eraseAll(rows, { effect, hashKey });
      await runAs(shop.ownerUrl, `INSERT INTO app.visits (object_id) VALUES ('${ada.objectId}')`);

      const late = await shop.open().eraseBatch({ effect, ids: adasIds, hashKey }, signal);

      expect(late).toMatchObject({ isLast: true });
      expect(await rows.remaining({ ids: adasIds, hashKey }, signal)).toMatchObject({ remaining: 1 });
      expect((await eraseAll(rows, { effect: { ...effect, round: 2 }, hashKey })).at(-1)?.soFar[0]).toMatchObject({
        count: 1,
      });
    });

    it('does nothing for a caller that has gone', async () => {
      const gone = AbortSignal.abort(new Error('gone'));

      await expect(rows.eraseBatch({ effect: anEffect(), ids: adasIds, hashKey }, gone)).rejects.toThrow('gone');
      expect(await rows.remaining({ ids: adasIds, hashKey }, signal)).toMatchObject({ remaining: 24 });
    });
  });
}
