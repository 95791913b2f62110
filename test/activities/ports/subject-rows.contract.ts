import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import type { Sensitive } from '../../../activities/ports/sensitive';
import {
  ada,
  ADA_KEY,
  adasIds,
  aDefinition,
  aHashKey,
  anEffect,
  deleteLines,
  deleteVisits,
  grace,
  othersRows,
  retainInvoices,
} from '../../support/a-shop';
import { queryAs, runAs } from '../../support/own-database';
import { eraseAll, shopOfEachTest, type MakeRows, type ShopUnderTest } from '../../support/shop-of-each-test';

/** What every `SubjectRows` has to do. */
export function describeSubjectRows(name: string, make: () => Promise<ShopUnderTest>, makeRows: MakeRows): void {
  describe(`the rows of one person: ${name}`, () => {
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

    it('finds the person’s key by the two ids of the account', async () => {
      const look = await rows.findKey(ada, signal);

      expect(look.kind === 'found' && look.key.reveal()).toBe(ADA_KEY);
    });

    it('finds no key of a person whom the database does not know, in that tenant or at all', async () => {
      expect(await rows.findKey({ ...ada, tenantId: grace.objectId }, signal)).toStrictEqual({ kind: 'none' });
    });

    it('cannot say whose rows they are when there are two keys for one person', async () => {
      await runAs(shop.ownerUrl, `INSERT INTO app.users VALUES (3, '${ada.tenantId}', '${ada.objectId}', 'again')`);

      expect(await rows.findKey(ada, signal)).toStrictEqual({ kind: 'ambiguous' });
    });

    it('cannot say whose rows they are when the key is NULL', async () => {
      await runAs(shop.ownerUrl, `UPDATE app.users SET name = NULL`);
      const byName = aDefinition(shop.url);
      const nameless = shop.openAs({
        ...byName,
        ...(byName.subject && { subject: { ...byName.subject, key: 'name' } }),
      });

      expect(await nameless.findKey(ada, signal)).toStrictEqual({ kind: 'ambiguous' });
    });

    it('counts what each table holds, in the order of the definition, and says until when it stays', async () => {
      expect(await rows.count(adasIds, signal)).toStrictEqual([
        { what: 'app.visits', count: 4 },
        { what: 'app.order_lines', count: 10 },
        { what: 'app.orders', count: 5 },
        { what: 'app.invoices', count: 4, until: '2027-03-03T00:00:00.000Z' },
        { what: 'app.users', count: 1 },
      ]);
    });

    it('erases everything of the person by small batches, and nothing of anybody else', async () => {
      const before = await othersRows(shop.ownerUrl);

      const batches = await eraseAll(rows, { hashKey });

      expect(batches.at(-1)).toStrictEqual({
        isLast: true,
        soFar: [
          { what: 'app.visits', count: 4 },
          { what: 'app.order_lines', count: 10 },
          { what: 'app.orders', count: 5 },
          { what: 'app.invoices', count: 4, until: '2027-03-03T00:00:00.000Z' },
          { what: 'app.users', count: 1 },
        ],
      });
      expect(await rows.remaining({ ids: adasIds, hashKey }, signal)).toStrictEqual({
        kind: 'read',
        path: 'same-server',
        remaining: 0,
        retained: [{ what: 'app.invoices', count: 4, until: '2027-03-03T00:00:00.000Z' }],
      });
      expect(await othersRows(shop.ownerUrl)).toBe(before);
    });

    it('says what is left of an erasure that has only begun', async () => {
      await rows.eraseBatch({ effect: anEffect(), ids: adasIds, hashKey }, signal);

      // 1 visit, 10 lines, 5 orders, 4 e-mail addresses on invoices, the user.
      expect(await rows.remaining({ ids: adasIds, hashKey }, signal)).toMatchObject({ kind: 'read', remaining: 21 });
    });

    it('goes table by table, and counts each batch once', async () => {
      const batches = await eraseAll(rows, { hashKey });

      expect(batches.slice(0, 3).map(({ soFar }) => soFar.slice(0, 2).map(({ count }) => count))).toStrictEqual([
        [3, 0],
        [4, 0],
        [4, 3],
      ]);
    });

    it('sets columns to NULL, to a value, and to a hash that is the same in every table', async () => {
      await eraseAll(rows, { hashKey });

      const [joined] = await asked(`
        SELECT count(*)::int AS n, count(DISTINCT o.email)::int AS hashes, min(o.ship_name) AS name,
          bool_and(o.email ~ '^anon:[0-9a-f]{64}$') AS "isHash"
        FROM app.orders AS o JOIN app.invoices AS i ON i.email = o.email WHERE o.user_id IS NULL`);
      expect(joined).toStrictEqual({ n: 20, hashes: 1, name: 'erased', isHash: true });
    });

    it('leaves what is NULL or hashed already as it is', async () => {
      await runAs(shop.ownerUrl, `UPDATE app.invoices SET email = NULL WHERE number = '1-0'`);
      const invoices = shop.open([retainInvoices]);
      await eraseAll(invoices, { hashKey });
      const once = await asked(`SELECT * FROM app.invoices ORDER BY number`);

      await eraseAll(invoices);

      expect(await asked(`SELECT * FROM app.invoices ORDER BY number`)).toStrictEqual(once);
      expect(once).toContainEqual(expect.objectContaining({ number: '1-0', email: null }));
    });

    it('counts retained rows that cannot be found any more by the ledger', async () => {
      const cutOff = {
        ...retainInvoices,
        action: { ...retainInvoices.action, set: { user_id: { kind: 'null' } } },
      } as const;
      const invoices = shop.open([cutOff]);

      const last = (await eraseAll(invoices)).at(-1);

      expect(last?.soFar).toStrictEqual([{ what: 'app.invoices', count: 4, until: '2027-03-03T00:00:00.000Z' }]);
      expect(await invoices.remaining({ ids: adasIds, hashKey: undefined }, signal)).toMatchObject({
        remaining: 0,
        retained: [],
      });
    });

    it('says no end of retained rows of which one has none', async () => {
      await runAs(shop.ownerUrl, `UPDATE app.invoices SET issued_at = NULL WHERE number = '1-2'`);

      const last = (await eraseAll(shop.open([retainInvoices]))).at(-1);

      expect(last?.soFar).toStrictEqual([{ what: 'app.invoices', count: 4 }]);
    });

    it('keeps the order of the definition also where a table is in it twice', async () => {
      const twice = shop.open([
        deleteLines,
        deleteVisits,
        { ...deleteVisits, where: { page: 'objectId', object_id: 'objectId' } },
      ]);

      expect((await eraseAll(twice)).at(-1)?.soFar.map(({ count }) => count)).toStrictEqual([10, 4, 0]);
    });
  });
}
