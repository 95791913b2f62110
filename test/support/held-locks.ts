import { Client } from 'pg';
import { queryAs } from './own-database';
import { until } from './until';

/** Holds a lock of a table until it is released. */
export async function holdLock(ownerUrl: string, table: string): Promise<() => Promise<void>> {
  const holder = new Client(ownerUrl);
  await holder.connect();
  await holder.query(`BEGIN; LOCK TABLE ${table}`);
  return () => holder.end();
}

/** Somebody waits for a lock in the database. */
export async function untilSomebodyWaits(ownerUrl: string): Promise<void> {
  await until(
    () =>
      queryAs(
        ownerUrl,
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      ),
    (waiting) => waiting.length > 0,
  );
}
