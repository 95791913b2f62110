import { afterAll, beforeAll, describe } from '@jest/globals';
import { createPostgresSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import { startPglite, type Database as Pglite } from '../../../sandbox/database';
import { openShop } from '../../support/a-shop';
import { createOwnDatabaseWithRole, runAs, type OwnDatabaseWithRole } from '../../support/own-database';
import type { MakeRows, ShopUnderTest } from '../../support/shop-of-each-test';
import { describeAttemptsOnRows } from '../ports/subject-rows-attempts.contract';
import { describeRefusedRows } from '../ports/subject-rows-refused.contract';
import { describeSubjectRows } from '../ports/subject-rows.contract';

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

if (serverUrl !== undefined) describeOnServer('a PostgreSQL server', serverUrl, (url) => url);

if (serverUrl !== undefined && poolerUrl !== undefined) {
  const pooler = new URL(poolerUrl);
  describeOnServer('a PostgreSQL server behind PgBouncer', serverUrl, (direct) => {
    const url = new URL(direct);
    url.host = pooler.host;
    return url.href;
  });
}

/** In one database for all of them: to make one takes longer than to make a shop in it. */
function describeOnServer(name: string, server: string, wayTo: (direct: string) => string): void {
  describe('on a server', () => {
    let own: OwnDatabaseWithRole;

    beforeAll(async () => {
      own = await createOwnDatabaseWithRole(server);
    });
    afterAll(async () => {
      await own.drop();
    });

    describeAll(name, async () => {
      const { url, appUrl, role } = own;
      await openShop(url, role);
      return { ownerUrl: url, url: wayTo(appUrl), close: () => runAs(url, 'DROP SCHEMA app, closure CASCADE') };
    });
  });
}

function describeAll(name: string, make: () => Promise<ShopUnderTest>): void {
  describeSubjectRows(name, make, makeRows);
  describeAttemptsOnRows(name, make, makeRows);
  describeRefusedRows(name, make, makeRows);
}
