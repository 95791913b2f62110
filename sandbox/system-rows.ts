import { z } from 'zod';
import { createTargetDatabase } from '../activities/adapters/database/target-database';
import type { SamplePerson } from './entra/people';
import type { SampleSystems } from './sample-systems';

/** A row of a sample database. */
export interface SystemRow {
  readonly table: string;
  /** Its primary key. */
  readonly key: string;
  /** Whether it is of the person who was asked about, as long as that can be told. */
  readonly isTheirs: boolean;
  /** Columns and what is in them; two rows are the same when their texts are. */
  readonly text: string;
  readonly columns: Readonly<Record<string, unknown>>;
}

const USER = '(SELECT id FROM app.users WHERE object_id = $1)';
const ORDERS = `(SELECT id FROM app.orders WHERE user_id = ${USER})`;
const SUBSCRIBERS = '(SELECT id FROM mail.subscribers WHERE object_id = $1)';

/** Per table: its primary key, and how the person's rows are found. Written apart from the targets file, to be no echo of it. */
const SHOP = [
  ['app.users', 'id', 'object_id = $1'],
  ['app.addresses', 'id', `user_id = ${USER}`],
  ['app.orders', 'id', `user_id = ${USER}`],
  ['app.order_lines', "order_id || '/' || line", `order_id IN ${ORDERS}`],
  ['app.invoices', 'number', `user_id = ${USER}`],
] as const;

const NEWSLETTER = [
  ['mail.subscribers', 'id', 'object_id = $1'],
  ['mail.deliveries', "subscriber_id || '/' || issue", `subscriber_id IN ${SUBSCRIBERS}`],
] as const;

/** Every row of the sample databases, read as it is. */
export async function readRows(
  { shopUrl, newsletterUrl }: Pick<SampleSystems, 'shopUrl' | 'newsletterUrl'>,
  person: SamplePerson,
): Promise<readonly SystemRow[]> {
  return [...(await rowsOf(shopUrl, SHOP, person)), ...(await rowsOf(newsletterUrl, NEWSLETTER, person))];
}

async function rowsOf(
  url: string,
  tables: typeof SHOP | typeof NEWSLETTER,
  { objectId }: SamplePerson,
): Promise<readonly SystemRow[]> {
  const database = createTargetDatabase(url, { maxConnections: 1 });
  const options = { mode: 'read', operation: 'demo.read', signal: AbortSignal.timeout(30_000) } as const;
  try {
    return await database.transaction(options, async (ask) => {
      const all: SystemRow[] = [];
      for (const [table, key, isTheirs] of tables) {
        const sql = `SELECT '${table}' AS "table", (${key})::text AS key, COALESCE(${isTheirs}, false) AS "isTheirs",
          to_json(t)::text AS text, to_json(t) AS columns FROM ${table} AS t ORDER BY 2`;
        all.push(...(await ask({ sql, values: [objectId], row: Row })));
      }
      return all;
    });
  } finally {
    await database.close();
  }
}

const Row = z.object({
  table: z.string(),
  key: z.string(),
  isTheirs: z.boolean(),
  text: z.string(),
  columns: z.record(z.string(), z.unknown()),
});
