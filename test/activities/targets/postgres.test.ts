import { afterAll, beforeAll, describe } from '@jest/globals';
import { z } from 'zod';
import { createPostgresSubjectRows, type OpenSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import { createPostgresTarget } from '../../../activities/targets/postgres';
import { startPglite, type Database } from '../../../sandbox/database';
import { ada, aDefinition, openShop } from '../../support/a-shop';
import { createOwnDatabaseWithRole, queryAs, runAs } from '../../support/own-database';
import { describeErasureTarget } from '../ports/erasure-target.contract';

const serverUrl = process.env['TEST_DATABASE_URL'];

interface Shop {
  readonly ownerUrl: string;
  readonly url: string;
  readonly drop: () => Promise<unknown>;
}

/** What is left of Ada's that does not stay by a rule. */
const LEFT = `SELECT (SELECT count(*) FROM app.users WHERE id = 1) + (SELECT count(*) FROM app.orders WHERE user_id = 1)
  + (SELECT count(*) FROM app.visits WHERE object_id = '${ada.objectId}') AS text`;

/** All that is Grace's. */
const GRACES = `SELECT string_agg(line, ';' ORDER BY line) AS text FROM (
  SELECT u::text AS line FROM app.users AS u WHERE id = 2 UNION ALL SELECT o::text FROM app.orders AS o WHERE user_id = 2
  UNION ALL SELECT i::text FROM app.invoices AS i WHERE user_id = 2) AS hers`;

const Text = z.array(z.object({ text: z.string() })).length(1);

async function textOf(url: string, statement: string): Promise<string> {
  return Text.parse(await queryAs(url, statement))[0]?.text ?? '';
}

function describeShop(name: string, open: () => Promise<Shop>): void {
  let shop: Shop | undefined;
  let rows: OpenSubjectRows | undefined;

  const stop = async (): Promise<void> => {
    await rows?.close();
    await shop?.drop();
    rows = undefined;
    shop = undefined;
  };
  afterAll(stop);

  describeErasureTarget(name, async () => {
    await stop();
    const opened = (shop = await open());
    const definition = aDefinition(opened.url);
    const openRows = (rows = createPostgresSubjectRows(definition, { batchRows: 3 }));
    return {
      target: createPostgresTarget(definition, openRows),
      person: ada,
      left: async () => Number(await textOf(opened.ownerUrl, LEFT)),
      bystander: () => textOf(opened.ownerUrl, GRACES),
      takeOver: () => ({ kind: 'stopped', reason: 'managed-tenant', signIn: 'not-blocked', done: [] }),
      goAway: async () => {
        rows = undefined;
        await openRows.close();
      },
    };
  });
}

describe('in memory', () => {
  let server: Database | undefined;
  beforeAll(async () => {
    server = await startPglite();
  });

  describeShop('rows in PGlite', async () => {
    const url = server?.url ?? '';
    await openShop(url, undefined);
    return { ownerUrl: url, url, drop: () => runAs(url, 'DROP SCHEMA app, closure CASCADE') };
  });

  // Behind the one that ends the connections: hooks are run in their order.
  afterAll(async () => {
    await server?.close();
  });
});

if (serverUrl !== undefined) {
  describeShop('rows on a PostgreSQL server', async () => {
    const own = await createOwnDatabaseWithRole(serverUrl);
    await openShop(own.url, own.role);
    return { ownerUrl: own.url, url: own.appUrl, drop: own.drop };
  });
}
