import { describe, it, expect } from '@jest/globals';
import { Pool } from 'pg';
import { startPglite, startPglites } from '../../sandbox/database';
import { freePort, isListening, PortTakenError } from '../../sandbox/ports';

describe('the database of the embedded stack', () => {
  it('serves many connections at once, keeps those that were started together apart, and enforces the rights of a role', async () => {
    const sql = 'CREATE TABLE told (position integer); CREATE ROLE reader LOGIN; GRANT SELECT ON told TO reader;';
    const { urls, close } = await startPglites([{}, { sql, role: 'reader' }]);
    const owner = new Pool({ connectionString: urls[0] ?? '', max: 8 });
    const reader = new Pool({ connectionString: urls[1] ?? '', max: 1 });

    await owner.query('create table entry (position integer primary key)');
    await Promise.all(
      Array.from({ length: 50 }, (_, position) => owner.query('insert into entry values ($1)', [position])),
    );

    const counted = await owner.query('select count(*)::integer as entries from entry');
    expect(counted.rows).toEqual([{ entries: 50 }]);
    await expect(reader.query('select 1 from entry')).rejects.toThrow('relation "entry" does not exist');
    await expect(reader.query('select * from told')).resolves.toMatchObject({ rows: [] });
    await expect(reader.query('delete from told')).rejects.toThrow('permission denied for table told');
    await Promise.all([owner.end(), reader.end()]);
    await close();
  });

  it('frees its port when it is closed, and refuses a taken one', async () => {
    const port = await freePort();
    const database = await startPglite({ port });

    await expect(startPglite({ port })).rejects.toThrow(PortTakenError);
    await database.close();

    await expect(isListening(port)).resolves.toBe(false);
  });
});
