import { describe, it, expect } from '@jest/globals';
import { Pool } from 'pg';
import { startPglite } from '../../sandbox/database';
import { freePort, isListening, PortTakenError } from '../../sandbox/ports';

describe('the database of the embedded stack', () => {
  it('serves many connections at once, and keeps nothing of another one in the same process', async () => {
    const [first, second] = await Promise.all([startPglite(), startPglite()]);
    const pool = new Pool({ connectionString: first.url, max: 8 });
    const other = new Pool({ connectionString: second.url, max: 1 });

    await pool.query('create table entry (position integer primary key)');
    await Promise.all(
      Array.from({ length: 50 }, (_, position) => pool.query('insert into entry values ($1)', [position])),
    );

    const counted = await pool.query('select count(*)::integer as entries from entry');
    expect(counted.rows).toEqual([{ entries: 50 }]);
    await expect(other.query('select 1 from entry')).rejects.toThrow('relation "entry" does not exist');
    await Promise.all([pool.end(), other.end()]);
    await Promise.all([first.close(), second.close()]);
  });

  it('frees its port when it is closed, and refuses a taken one', async () => {
    const port = await freePort();
    const database = await startPglite({ port });

    await expect(startPglite({ port })).rejects.toThrow(PortTakenError);
    await database.close();

    await expect(isListening(port)).resolves.toBe(false);
  });
});
