import { afterAll, beforeAll, describe } from '@jest/globals';
import { createPostgresSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import { startPglite, type Database as Pglite } from '../../../sandbox/database';
import { openShop } from '../../support/a-shop';
import { createOwnDatabaseWithRole, runAs } from '../../support/own-database';
import { describeRefusedRows } from '../ports/subject-rows-refused.contract';
import { describeSubjectRows, type MakeRows, type ShopUnderTest } from '../ports/subject-rows.contract';

const serverUrl = process.env['TEST_DATABASE_URL'];
const poolerUrl = process.env['TEST_PGBOUNCER_URL'];

const makeRows: MakeRows = (definition, batchRows) => createPostgresSubjectRows(definition, { batchRows });

describe('in memory', () => {
  let server: Pglite;

  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(async () => {
    await server.close();
  });

  describeAll('PGlite over the PostgreSQL protocol', async () => {
    const { url } = server;
    await openShop(url, undefined);
    return { ownerUrl: url, url, close: () => runAs(url, 'DROP SCHEMA app, closure CASCADE') };
  });
});

if (serverUrl !== undefined) describeAll('a PostgreSQL server', () => openOnServer(serverUrl));

if (serverUrl !== undefined && poolerUrl !== undefined) {
  const pooler = new URL(poolerUrl);
  describeAll('a PostgreSQL server behind PgBouncer', async () => {
    const shop = await openOnServer(serverUrl);
    const url = new URL(shop.url);
    url.host = pooler.host;
    return { ...shop, url: url.href };
  });
}

function describeAll(name: string, make: () => Promise<ShopUnderTest>): void {
  describeSubjectRows(name, make, makeRows);
  describeRefusedRows(name, make, makeRows);
}

async function openOnServer(url: string): Promise<ShopUnderTest> {
  const own = await createOwnDatabaseWithRole(url);
  await openShop(own.url, own.role);
  return { ownerUrl: own.url, url: own.appUrl, close: own.drop };
}
