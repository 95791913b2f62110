import { z } from 'zod';
import type { Guid } from '../../../workflows/contract/account';
import { isGuid } from '../../../workflows/contract/ids';
import type { HistoryRef } from '../../ports/audit-log';
import { AccessDeniedError } from '../../ports/faults';
import type { Identifiers, IdentifierVault, VaultKey } from '../../ports/identifier-vault';
import type { Database } from '../database/database';
import { oddAnswer } from '../database/faults';
import { SCHEMA } from '../database/schema';
import type { Open, Seal } from './sealing';

const FAR_END = 'identifier-vault';
const TABLE = `${SCHEMA}.sealed_identifier`;

const OF_HISTORY = 'closure_id = $1 AND first_run_id = $2';
const OF_KEY = `${OF_HISTORY} AND target = $3 AND round = $4`;

const INSERT = `
  INSERT INTO ${TABLE} (closure_id, first_run_id, target, round, sealed)
  VALUES ($1, $2, $3, $4, pg_catalog.decode($5, 'hex'))
  ON CONFLICT DO NOTHING
  RETURNING round`;

/** As hexadecimal digits, whatever `bytea_output` is. */
const FIND = `SELECT pg_catalog.encode(sealed, 'hex') AS sealed FROM ${TABLE} WHERE ${OF_KEY}`;

const FORGET = `DELETE FROM ${TABLE} WHERE ${OF_HISTORY} RETURNING round`;

const HISTORIES = `
  SELECT closure_id AS "closureId", first_run_id AS "firstRunId" FROM ${TABLE}
  GROUP BY closure_id, first_run_id
  HAVING pg_catalog.max(recorded_at) <= pg_catalog.now() - $1::bigint * interval '1 millisecond'
  ORDER BY closure_id, first_run_id`;

const sealedRow = z.object({ sealed: z.hex().transform((text) => Buffer.from(text, 'hex')) });
const anyRow = z.object({ round: z.int() });
const historyRow: z.ZodType<HistoryRef> = z.object({ closureId: z.custom<Guid>(isGuid), firstRunId: z.string() });

/** The settings that a row which no key opens points to. */
const KEY_MISSING = 'key-missing-in-CLOSURE_SEALING_KEY';

/** The vault in PostgreSQL, by a role that may insert, select and delete in its table. */
export function createPostgresIdentifierVault(
  database: Database,
  { seal, open }: { readonly seal: Seal; readonly open: Open },
): IdentifierVault {
  const find = async (operation: string, key: VaultKey, signal: AbortSignal): Promise<Identifiers | undefined> => {
    const statement = { operation, farEnd: FAR_END, sql: FIND, values: valuesOf(key), row: sealedRow } as const;
    const [row] = await database.query(statement, signal);
    return row === undefined ? undefined : opened(operation, await open(key, row.sealed));
  };
  return {
    keep: async (key, identifiers, signal) => {
      const operation = 'vault.keep';
      const sealed = Buffer.from(await seal(key, identifiers)).toString('hex');
      const values = [...valuesOf(key), sealed];
      const statement = { operation, farEnd: FAR_END, sql: INSERT, values, row: anyRow } as const;
      if ((await database.query(statement, signal)).length > 0) return identifiers;
      // A statement of its own, so that it sees what a concurrent writer has committed meanwhile.
      const kept = await find(operation, key, signal);
      if (kept === undefined) throw oddAnswer(operation, 'identifiers are neither new nor there', FAR_END);
      return kept;
    },
    open: (key, signal) => find('vault.open', key, signal),
    forget: async ({ closureId, firstRunId }, signal) => {
      const values = [closureId, firstRunId];
      const statement = { operation: 'vault.forget', farEnd: FAR_END, sql: FORGET, values, row: anyRow } as const;
      return (await database.query(statement, signal)).length;
    },
    histories: (olderThanMs, signal) => {
      const values = [olderThanMs];
      const statement = { operation: 'vault.list', farEnd: FAR_END, sql: HISTORIES, values, row: historyRow } as const;
      return database.query(statement, signal);
    },
  };
}

function opened(operation: string, opening: Awaited<ReturnType<Open>>): Identifiers {
  switch (opening.kind) {
    case 'opened':
      return opening.identifiers;
    case 'key-missing':
      throw new AccessDeniedError({ farEnd: FAR_END, operation, code: KEY_MISSING });
    case 'altered':
      throw oddAnswer(operation, 'sealed identifiers were changed, or moved from another place', FAR_END);
  }
}

function valuesOf({ closureId, firstRunId, target, round }: VaultKey): readonly unknown[] {
  return [closureId, firstRunId, target, round];
}
