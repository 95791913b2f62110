import { describe, expect, it } from '@jest/globals';
import type { TableRule } from '../../../activities/ports/target-catalog';
import { adasIds, aHashKey, anEffect, anonymiseOrders, deleteUsers, deleteVisits } from '../../support/a-shop';
import { queryAs, runAs } from '../../support/own-database';
import { eraseAll, shopOfEachTest, type MakeRows, type ShopUnderTest } from '../../support/shop-of-each-test';

/** What every `SubjectRows` refuses, and whom it does not believe. */
export function describeRefusedRows(name: string, make: () => Promise<ShopUnderTest>, makeRows: MakeRows): void {
  describe(`rows that cannot be erased: ${name}`, () => {
    const { signal } = new AbortController();
    const hashKey = aHashKey();
    const shop = shopOfEachTest(make, makeRows);
    const triggered = (when: string, body: string): Promise<void> =>
      runAs(
        shop.ownerUrl,
        `CREATE FUNCTION app.lie() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN ${body} END $$;
         CREATE TRIGGER lie ${when} FOR EACH ROW EXECUTE FUNCTION app.lie()`,
      );
    const refusal = (code: string): unknown =>
      expect.objectContaining({
        name: 'RequestRefusedError',
        farEnd: 'target-database',
        message: `The target-database refused the request (${code}).`,
        detail: { operation: 'rows.erase', code },
      });

    it.each([
      [
        'of a table that is not there',
        { ...deleteVisits, table: { schema: 'app', table: 'nothing' } },
        'no-such-table',
      ],
      ['of a column that is not there', { ...deleteVisits, where: { nothing: 'objectId' } }, 'no-such-column'],
      ['by a value that its column cannot hold', { ...deleteUsers, where: { id: 'objectId' } }, 'value-does-not-fit'],
      ['that others still refer to', { ...anonymiseOrders, action: { kind: 'delete' } }, 'still-referenced'],
      ['with a fixed value that does not fit', fixedTo({ user_id: 'nobody' }), 'value-does-not-fit'],
      ['with a value that is too long', fixedTo({ email: 'x'.repeat(101) }), 'too-long'],
      ['with NULL where there must be something', setTo('status', { kind: 'null' }), 'not-null'],
    ] as const)('refuses rows %s, with a code and no text of the server', async (_, rule, code) => {
      await runAs(shop.ownerUrl, 'DO $$ BEGIN GRANT ALL ON ALL TABLES IN SCHEMA app TO PUBLIC; END $$');
      const refused = shop.open([rule]);

      await expect(eraseAll(refused)).rejects.toEqual(refusal(code));
    });

    it('does not count rows that a trigger silently keeps, and ends', async () => {
      await triggered('BEFORE DELETE ON app.visits', 'RETURN NULL;');
      const visits = shop.open([deleteVisits]);

      await expect(eraseAll(visits)).rejects.toEqual(refusal('rows-stay'));

      expect(await queryAs(shop.ownerUrl, 'SELECT * FROM closure.closure_ledger')).toStrictEqual([]);
      expect(await visits.remaining({ ids: adasIds, hashKey }, signal)).toMatchObject({ remaining: 4 });
    });

    it('counts only the rows that went when a trigger keeps some of them', async () => {
      await triggered('BEFORE DELETE ON app.visits', `IF OLD.page = 'page 2' THEN RETURN NULL; END IF; RETURN OLD;`);
      const effect = anEffect();
      const visits = shop.open([deleteVisits]);

      await expect(eraseAll(visits, { effect })).rejects.toEqual(refusal('rows-stay'));

      expect(await visits.progress(effect, signal)).toStrictEqual({
        isLast: false,
        soFar: [{ what: 'app.visits', count: 3 }],
      });
    });

    it('does not count columns that a trigger sets back', async () => {
      await triggered('BEFORE UPDATE ON app.orders', 'NEW.email := OLD.email; RETURN NEW;');

      await expect(eraseAll(shop.open([setTo('email', { kind: 'null' })]))).rejects.toEqual(refusal('rows-stay'));
    });

    it('ends when a trigger puts back whatever is deleted', async () => {
      await runAs(
        shop.ownerUrl,
        `INSERT INTO app.visits (object_id) SELECT object_id FROM app.visits, generate_series(1, 1000)`,
      );
      await triggered(
        'AFTER DELETE ON app.visits',
        'INSERT INTO app.visits (object_id, page) VALUES (OLD.object_id, OLD.page); RETURN NULL;',
      );

      await expect(eraseAll(shop.open([deleteVisits], 2_000))).rejects.toEqual(refusal('rows-come-back'));
    });

    it('erases tables and columns whatever their names are', async () => {
      const table = `we"ird'; DROP TABLE app.users; --`;
      const column = 'select "$1" \\ é';
      const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      await runAs(
        shop.ownerUrl,
        `CREATE SCHEMA "A b";
         CREATE TABLE "A b".${name(table)} (${name(column)} uuid, "KEY" int, "mail" text, PRIMARY KEY ("KEY"));
         INSERT INTO "A b".${name(table)} VALUES ('${adasIds.account.objectId}', 1, 'one'), (gen_random_uuid(), 2, 'two');
         GRANT USAGE ON SCHEMA "A b" TO PUBLIC; GRANT ALL ON "A b".${name(table)} TO PUBLIC`,
      );
      const rule = { what: 'weird', table: { schema: 'A b', table }, where: { [column]: 'objectId' } } as const;
      const mail = { kind: 'fixed', value: `'; DELETE FROM app.users; --` } as const;
      const odd = shop.open([
        { ...rule, action: { kind: 'anonymise', set: { mail } } },
        { ...rule, action: { kind: 'delete' } },
      ]);

      expect((await eraseAll(odd)).at(-1)?.soFar.map(({ count }) => count)).toStrictEqual([1, 1]);
      expect(await queryAs(shop.ownerUrl, `SELECT mail FROM "A b".${name(table)}`)).toStrictEqual([{ mail: 'two' }]);
      await runAs(shop.ownerUrl, 'DROP SCHEMA "A b" CASCADE');
    });
  });
}

function setTo(column: string, value: { readonly kind: 'null' }): TableRule {
  return { ...anonymiseOrders, action: { kind: 'anonymise', set: { [column]: value } } };
}

function fixedTo(set: Readonly<Record<string, string>>): TableRule {
  const fixed = Object.entries(set).map(([column, value]) => [column, { kind: 'fixed', value }] as const);
  return { ...anonymiseOrders, action: { kind: 'anonymise', set: Object.fromEntries(fixed) } };
}
