/** The schema that is ours alone; every statement names it, so that no search path matters. */
export const SCHEMA = 'account_closure';

/** What an audit entry is read from. */
export const AUDIT_ENTRY_COLUMNS =
  'sequence, closure_id, first_run_id, target, step, round, kind, occasion, plan_digest, outcome, recorded_at';

/** What a turn is read from. */
export const TURN_COLUMNS = 'closure_id, first_run_id, number, kind, plan_digest, attempt_id, recorded_at';

/** What sealed identifiers are read from. */
export const SEALED_IDENTIFIER_COLUMNS = 'closure_id, first_run_id, target, round, sealed, recorded_at';

/**
 * SQL for when a row was written, as text: ISO 8601 in UTC with milliseconds, whatever `DateStyle` and `TimeZone` are. A
 * `timestamptz` itself would be printed as the session is set.
 */
export const RECORDED_AT = `
  pg_catalog.to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "recordedAt"`;

/** What such a text looks like. */
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
