import { z } from 'zod';
import { targetRefused } from '../database/faults';
import type { Ask } from '../database/target-database';

/** Our name of the call, as faults carry it. */
export const VERIFY = 'rows.verify';

/** A server as it says itself, and how far it has come. */
export interface ServerState {
  /** Of the cluster: a standby has that of its primary. */
  readonly system: string;
  readonly database: string;
  readonly isStandby: boolean;
  /** Of a primary what it has written, of a standby what it has replayed; as text. */
  readonly position: string | null;
}

const State = z.object({
  system: z.string(),
  database: z.string(),
  isStandby: z.boolean(),
  position: z.string().nullable(),
});

const STATE = `
  SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system,
         (SELECT oid::text FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AS database,
         pg_catalog.pg_is_in_recovery() AS "isStandby",
         CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
           ELSE pg_catalog.pg_current_wal_lsn() END::text AS position`;

/** How the server stands. */
export async function readServerState(ask: Ask): Promise<ServerState> {
  const [state] = await ask({ sql: STATE, row: State });
  if (state === undefined) throw new TypeError('A server said nothing of itself.');
  return state;
}

/**
 * What a count there would prove. `replica`: it has replayed what the primary had written. `behind`: not yet. `no-standby`:
 * nothing, because a server that replays nobody's log cannot show how far it has come: a promoted standby, a logical subscriber,
 * the primary itself.
 * @throws RequestRefusedError when it is a standby of another server, or another database: no rows there prove nothing
 */
export async function standingOf(ask: Ask, primary: ServerState): Promise<'replica' | 'behind' | 'no-standby'> {
  const there = await readServerState(ask);
  if (!there.isStandby) return 'no-standby';
  if (there.system !== primary.system || there.database !== primary.database) {
    throw targetRefused('another-database', VERIFY);
  }
  const [replayed] = await ask({
    sql: 'SELECT COALESCE($1::text::pg_catalog.pg_lsn >= $2::text::pg_catalog.pg_lsn, FALSE) AS "isEnough"',
    values: [there.position, primary.position],
    row: z.object({ isEnough: z.boolean() }),
  });
  return replayed?.isEnough === true ? 'replica' : 'behind';
}
