import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { z } from 'zod';
import { createSealingKey } from '../../activities/adapters/identifier-vault/sealing-keys';
import { startPglite } from '../../sandbox/database';
import type { SamplePerson } from '../../sandbox/entra/people';
import { startErasureService, type RunningErasureService } from '../../sandbox/erasure-service/service';
import { NEW_SECRET } from './erasure-services';
import { createOwnDatabase, runAs } from './own-database';

/**
 * A shop's database, which knows people by keys of its own, and two services that do not depend on one another, in a targets file.
 */
export interface RealSystems {
  /** What a worker needs to know of them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly crm: RunningErasureService;
  readonly wiki: RunningErasureService;
  /** Puts something of the person into all of them: in the shop so many visits, an order and the row of the person. */
  readonly give: (person: SamplePerson, visits?: number) => Promise<void>;
  /** How many rows of the person the shop has. */
  readonly rowsOf: (person: SamplePerson) => Promise<number>;
  /** How many batches the shop's ledger has of the closure. */
  readonly batchesOf: (closureId: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A deletion of visits takes its time, so that it can be seen under way. */
const SCHEMA = `
  CREATE SCHEMA app;
  CREATE TABLE app.people (id bigserial PRIMARY KEY, tenant_id uuid, object_id uuid UNIQUE);
  CREATE TABLE app.orders (id bigserial PRIMARY KEY, person_id bigint REFERENCES app.people (id));
  CREATE TABLE app.visits (id bigserial PRIMARY KEY, object_id uuid);
  CREATE INDEX ON app.visits (object_id);
  CREATE FUNCTION app.slowly() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF (SELECT count(*) FROM gone) > 100 THEN PERFORM pg_sleep(1); END IF; RETURN NULL; END';
  CREATE TRIGGER slowly AFTER DELETE ON app.visits REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.slowly();`;

const fileOf = (crm: RunningErasureService, wiki: RunningErasureService): string => `version: 1
targets:
  - name: shop
    kind: postgres
    url: { env: SHOP_DATABASE_URL }
    subject: { table: app.people, where: { tenant_id: tenantId, object_id: objectId }, key: id }
    tables:
      - { table: app.visits, where: { object_id: objectId }, action: delete }
      - { table: app.orders, where: { person_id: key }, action: delete }
      - { table: app.people, where: { id: key }, action: delete }
  - { name: crm, kind: http, baseUrl: "${crm.baseUrl}", secret: { env: CRM_SECRET }, readsLag: 0 }
  - { name: wiki, kind: http, baseUrl: "${wiki.baseUrl}", secret: { env: CRM_SECRET }, readsLag: 0 }
`;

const Count = z.array(z.object({ n: z.number() })).length(1);

/** Starts them; the database on a real PostgreSQL with `TEST_DATABASE_URL`, otherwise on PGlite. */
export async function startRealSystems(): Promise<RealSystems> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  const own = serverUrl === undefined ? undefined : await createOwnDatabase(serverUrl);
  const lite = own === undefined ? await startPglite() : undefined;
  const url = own?.url ?? lite?.url ?? '';
  await runAs(url, `${await readFile(path.join('docs', 'targets', 'closure-ledger.sql'), 'utf8')}${SCHEMA}`);
  const [crm, wiki] = await Promise.all([
    startErasureService({ secrets: [NEW_SECRET], people: [] }),
    startErasureService({ secrets: [NEW_SECRET], people: [] }),
  ]);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'targets-'));
  const file = path.join(folder, 'targets.yaml');
  writeFileSync(file, fileOf(crm, wiki));
  // PGlite takes twenty connections, and the worker needs most of them.
  const pool = new Pool({ connectionString: url, max: 2 });
  // A connection that is being closed may still hear that its database is dropped.
  pool.on('error', () => undefined);
  const count = async (sql: string): Promise<number> => Count.parse((await pool.query(sql)).rows)[0]?.n ?? 0;
  return {
    settings: {
      CLOSURE_TARGETS: file,
      SHOP_DATABASE_URL: url,
      CRM_SECRET: NEW_SECRET,
      CLOSURE_SEALING_KEY: createSealingKey().privateKey.reveal(),
    },
    crm,
    wiki,
    give: async ({ tenantId, objectId }, visits = 2) => {
      for (const service of [crm, wiki]) service.add({ tenantId, objectId }, { what: 'contact', content: 'letters' });
      await pool.query(
        `WITH p AS (INSERT INTO app.people (tenant_id, object_id) VALUES ('${tenantId}', '${objectId}') RETURNING id)
           INSERT INTO app.orders (person_id) SELECT id FROM p;
         INSERT INTO app.visits (object_id) SELECT '${objectId}' FROM generate_series(1, ${visits})`,
      );
    },
    rowsOf: ({ objectId }) =>
      count(`SELECT ((SELECT count(*) FROM app.visits WHERE object_id = '${objectId}')
        + (SELECT count(*) FROM app.people AS p LEFT JOIN app.orders AS o ON o.person_id = p.id WHERE object_id = '${objectId}'))::int AS n`),
    batchesOf: (closureId) =>
      count(`SELECT count(*)::int AS n FROM closure.closure_ledger WHERE closure_id = '${closureId}'`),
    close: async () => {
      rmSync(folder, { recursive: true });
      await pool.end();
      await Promise.all([crm.close(), wiki.close(), own?.drop(), lite?.close()]);
    },
  };
}
