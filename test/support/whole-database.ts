import { Client } from 'pg';
import { z } from 'zod';

/** Every row of every table that is not PostgreSQL's own, as text, table by table. */
export async function wholeDatabase(url: string): Promise<string> {
  const client = new Client(url);
  await client.connect();
  try {
    const tables = await client.query(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY name`,
    );
    const names = z.array(z.object({ name: z.string() })).parse(tables.rows);
    const rows: unknown[] = [];
    for (const { name } of names)
      rows.push([name, (await client.query(`SELECT t::text AS row FROM ${name} t ORDER BY row`)).rows]);
    return JSON.stringify(rows);
  } finally {
    await client.end();
  }
}
