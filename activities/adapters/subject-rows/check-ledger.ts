import { z } from 'zod';
import type { Ask } from '../database/target-database';
import { errorAt, listed, type RowsProblem } from './problems';

/** The columns of the ledger with their types, as the script makes them. */
const COLUMNS: Readonly<Record<string, string>> = {
  closure_id: 'uuid',
  first_run_id: 'text',
  target: 'text',
  step: 'text',
  round: 'integer',
  batch: 'integer',
  table_number: 'integer',
  table_name: 'text',
  changed: 'bigint',
  retained: 'bigint',
  retained_until: 'timestamp with time zone',
  expected: 'bigint',
  is_table_done: 'boolean',
};

const KEY = ['closure_id', 'first_run_id', 'target', 'step', 'round', 'batch'];

const LEDGER = `
  SELECT has_schema_privilege(n.oid, 'USAGE') AS "mayUseSchema", row_security_active(c.oid) AS "hidesRows",
         ARRAY(SELECT needed FROM unnest(ARRAY['SELECT', 'INSERT']) AS needed
           WHERE NOT has_table_privilege(c.oid, needed)) AS "missingRights",
         (SELECT json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) FROM pg_attribute AS a
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
         COALESCE((SELECT array_agg(a.attname::text) FROM pg_constraint AS pk
           JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (pk.conkey)
           WHERE pk.conrelid = c.oid AND pk.contype = 'p'), '{}') AS key
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = 'closure' AND c.relname = 'closure_ledger' AND c.relkind = 'r'`;

const Ledger = z.object({
  mayUseSchema: z.boolean(),
  hidesRows: z.boolean(),
  missingRights: z.array(z.string()),
  columns: z.record(z.string(), z.string()),
  key: z.array(z.string()),
});

/** What is wrong with the ledger. Within a transaction of the mode `catalogue`. */
export async function problemsOfLedger(ask: Ask): Promise<readonly RowsProblem[]> {
  const [ledger] = await ask({ sql: LEDGER, row: Ledger });
  if (ledger === undefined) {
    return [
      errorAt('url', 'There is no table closure.closure_ledger: run docs/targets/closure-ledger.sql as the owner.'),
    ];
  }
  if (!ledger.mayUseSchema) {
    return [errorAt('url', 'The role has no right to the ledger’s schema: GRANT USAGE ON SCHEMA closure.')];
  }
  const rights = listed(ledger.missingRights);
  return [
    ...(rights === ''
      ? []
      : [errorAt('url', `The role has not all rights on the ledger: GRANT ${rights} ON closure.closure_ledger.`)]),
    ...(ledger.hidesRows ? [errorAt('url', 'Row level security of the ledger hides rows from the role.')] : []),
    ...(isOfOurForm(ledger)
      ? []
      : [errorAt('url', 'closure.closure_ledger has another form than docs/targets/closure-ledger.sql makes.')]),
  ];
}

function isOfOurForm({ columns, key }: z.infer<typeof Ledger>): boolean {
  const hasColumns = Object.entries(COLUMNS).every(([name, type]) => columns[name] === type);
  return hasColumns && key.toSorted().join() === KEY.toSorted().join();
}
