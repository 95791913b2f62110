import { describe, expect, it } from '@jest/globals';
import { createDatabase } from '../../../activities/adapters/database/database';
import { grantAppRole, migrateDatabase } from '../../../activities/adapters/database/setup';

const SECRET = 'kanarienvogel';

describe('the URL of the database', () => {
  it.each([
    'postgres://ada:secret@127.0.0.1:5432/closures',
    'postgresql://ada:secret@database.example/closures?sslmode=verify-full',
    'postgres://ada:s%C3%A9%2F%40%23%25cret@[::1]:6432/closures?sslmode=no-verify&application_name=other',
    'postgres://ada@bücher.example/closures?ssl=true&connect_timeout=5&statement_timeout=8000',
    'postgres://ada:secret@/closures?host=/var/run/postgresql',
    'postgres://ada:secret@%2Fvar%2Frun%2Fpostgresql/closures',
    'postgres://database_1/closures?user=ada%40server&port=5433&sslmode=disable',
  ])('may be %s', async (url) => {
    await expect(createDatabase(url).close()).resolves.toBeUndefined();
  });

  it.each([
    ['', 'is empty'],
    [`postgres://ada:${SECRET}@exa mple/x`, 'white space'],
    [` postgres://ada:${SECRET}@127.0.0.1:1/x`, 'white space'],
    [`postgres://ada:${SECRET}@127.0.0.1:1/x\n`, 'white space'],
    [`${SECRET}:5432/x`, 'does not begin with postgres://'],
    [`mysql://ada:${SECRET}@127.0.0.1/x`, 'does not begin with postgres://'],
    [`postgres:${SECRET}`, 'does not begin with postgres://'],
    [`/var/run/${SECRET} x`, 'white space'],
    [`postgres://ada:${SECRET}@127.0.0.1:99999/x`, 'look at its port'],
    [`postgres://ada:1/${SECRET}@127.0.0.1/x`, 'an @ behind the host'],
    [`postgres://ada:1#${SECRET}@127.0.0.1/x`, 'a # in it'],
    [`postgres://ada:${SECRET}%zz@127.0.0.1/x`, 'a % that begins no percent-encoding'],
    [`postgres://ada:${SECRET}%e4@127.0.0.1/x`, 'a percent-encoding that is no text'],
    [`postgres://ada@127.0.0.1/${SECRET}%e4`, 'a percent-encoding that is no text'],
    [`postgres:///${SECRET}`, 'names no host'],
    [`postgres://ada:${SECRET}@one.example,two.example/x`, 'more than one host'],
    [`postgres://ada:${SECRET}@exam%20ple/x`, 'names a host that cannot be'],
    [`postgres://ada:${SECRET}@127.0.0.1:0/x`, 'a port that cannot be'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?port=99999`, 'a port that cannot be'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?port=54abc`, 'a port that cannot be'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?sslmode=${SECRET}`, 'takes sslmode=disable'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?sslmode=allow`, 'takes sslmode=disable'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?ssl=false`, 'takes ssl=true'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?sslrootcert=/${SECRET}`, 'a file that cannot be read'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?sslnegotiation=${SECRET}`, 'TLS options that cannot be'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?sslmode=verify-ca&uselibpqcompat=true`, 'TLS options that cannot be'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?statement_timeout=soon`, 'takes statement_timeout in milliseconds'],
    [`postgres://ada:${SECRET}@127.0.0.1/x?replication=database`, 'for replication'],
  ])('is refused at once, in words that quote nothing of it: %j', async (url, words) => {
    const refused = messageOf(() => createDatabase(url));

    expect(refused).toMatch(/^RangeError: The URL of the database .*\.$/);
    expect(refused).toContain(words);
    expect(refused).not.toContain(SECRET);
    const asOwner = { name: 'DatabaseSetupError', code: 'invalid-database-url', message: refused.slice(12) };
    await expect(migrateDatabase(url)).rejects.toMatchObject(asOwner);
    await expect(grantAppRole(url, 'app')).rejects.toMatchObject(asOwner);
  });

  it('names a user, where the system has no name to fall back on', () => {
    const { USER, PGUSER } = process.env;
    delete process.env['USER'];
    delete process.env['PGUSER'];

    const refused = messageOf(() => createDatabase('postgres://127.0.0.1/closures'));

    if (USER !== undefined) process.env['USER'] = USER;
    if (PGUSER !== undefined) process.env['PGUSER'] = PGUSER;
    expect(refused).toBe('RangeError: The URL of the database names no user.');
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  return 'nothing was refused';
}
