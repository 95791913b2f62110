import { z } from 'zod';
import type { Guid } from '../../../workflows/contract/account';
import { isGuid } from '../../../workflows/contract/ids';
import { AUDIT_KINDS, type AuditEntry, type AuditLog, type EffectKey, type NewAuditEntry } from '../../ports/audit-log';
import type { Database } from '../database/database';
import { oddAnswer } from '../database/faults';
import { INSTANT, RECORDED_AT, SCHEMA } from '../database/schema';

const TABLE = `${SCHEMA}.audit_entry`;

const COLUMNS = `
  sequence, closure_id AS "closureId", first_run_id AS "firstRunId", target, step, round, kind, occasion,
  plan_digest AS "planDigest", outcome, ${RECORDED_AT}`;

const INSERT = `
  INSERT INTO ${TABLE} (closure_id, first_run_id, target, step, round, kind, occasion, plan_digest, outcome)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT ON CONSTRAINT audit_entry_once DO NOTHING
  RETURNING ${COLUMNS}`;

const OF_EFFECT = `
  closure_id = $1 AND first_run_id = $2 AND target = $3 AND step = $4 AND round = $5 AND kind = $6`;

const KEPT = `SELECT ${COLUMNS} FROM ${TABLE} WHERE ${OF_EFFECT} AND occasion = $7`;

const FIND = `SELECT ${COLUMNS} FROM ${TABLE} WHERE ${OF_EFFECT} ORDER BY sequence LIMIT 1`;

const LIST = `SELECT ${COLUMNS} FROM ${TABLE} WHERE closure_id = $1 ORDER BY sequence`;

const row: z.ZodType<AuditEntry> = z
  .object({
    // pg gives a bigint as text.
    sequence: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive()),
    closureId: z.custom<Guid>(isGuid),
    firstRunId: z.string(),
    target: z.string(),
    step: z.string(),
    round: z.int(),
    kind: z.enum(AUDIT_KINDS),
    occasion: z.string(),
    planDigest: z.string().nullable(),
    outcome: z.record(z.string(), z.unknown()).nullable(),
    recordedAt: z.string().regex(INSTANT),
  })
  .transform(({ occasion, planDigest, outcome, ...rest }) => ({
    ...rest,
    ...(occasion === '' ? {} : { occasion }),
    ...(planDigest === null ? {} : { planDigest }),
    ...(outcome === null ? {} : { outcome }),
  }));

/** The audit log in PostgreSQL, by a role that may insert and select and nothing else. */
export function createPostgresAuditLog(database: Database): AuditLog {
  const append = 'audit-log.append';
  return {
    append: async (entry, signal) => {
      const values = [...keyOf(entry, entry.kind), entry.occasion ?? ''];
      const insert = [...values, entry.planDigest ?? null, jsonOf(entry.outcome)];
      const [written] = await database.query({ operation: append, sql: INSERT, values: insert, row }, signal);
      if (written !== undefined) return { entry: written, isNew: true };
      // A statement of its own, so that it sees what a concurrent writer has committed meanwhile.
      const [kept] = await database.query({ operation: append, sql: KEPT, values, row }, signal);
      if (kept !== undefined) return { entry: kept, isNew: false };
      throw oddAnswer(append, 'an entry is neither new nor there');
    },
    find: async (effect, kind, signal) => {
      const values = keyOf(effect, kind);
      return (await database.query({ operation: 'audit-log.find', sql: FIND, values, row }, signal))[0];
    },
    list: (closureId, signal) =>
      database.query({ operation: 'audit-log.list', sql: LIST, values: [closureId], row }, signal),
  };
}

function keyOf({ closureId, firstRunId, target, step, round }: EffectKey, kind: AuditEntry['kind']): unknown[] {
  return [closureId, firstRunId, target, step, round, kind];
}

function jsonOf(outcome: NewAuditEntry['outcome']): string | null {
  return outcome === undefined ? null : JSON.stringify(outcome);
}
