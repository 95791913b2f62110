import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import { migrateDatabase } from '../../../activities/adapters/database/setup';
import { createPostgresIdentifierVault } from '../../../activities/adapters/identifier-vault/postgres';
import { createSealing } from '../../../activities/adapters/identifier-vault/sealing';
import { createSealingKey } from '../../../activities/adapters/identifier-vault/sealing-keys';
import type { IdentifierVault } from '../../../activities/ports/identifier-vault';
import { startPglite } from '../../../sandbox/database';
import { startDeafProxy } from '../../support/deaf-proxy';
import { createReadyDatabase, queryAs, runAs, type OwnDatabaseWithRole } from '../../support/own-database';
import {
  describeIdentifierVault,
  newVaultKey,
  revealed,
  toIdentifiers,
  type VaultUnderTest,
} from '../ports/identifier-vault.contract';

const serverUrl = process.env['TEST_DATABASE_URL'];
const poolerUrl = process.env['TEST_PGBOUNCER_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();

const KEY = createSealingKey();
const OTHER_KEY = createSealingKey();

const vaultOn = (database: Database, key = KEY): IdentifierVault =>
  createPostgresIdentifierVault(database, createSealing([key.privateKey]));

describeIdentifierVault('PGlite over the PostgreSQL protocol', async () => {
  const server = await startPglite();
  await migrateDatabase(server.url);
  return under(server.url, () => server.close());
});

if (serverUrl !== undefined) {
  describeIdentifierVault('a PostgreSQL server, as the application', async () => {
    const own = await createReadyDatabase(serverUrl);
    return under(own.appUrl, () => own.drop());
  });

  describeIdentifierVault('a PostgreSQL server with settings of its own', async () => {
    const own = await createReadyDatabase(serverUrl);
    const settings = [`bytea_output = 'escape'`, `default_transaction_isolation = 'serializable'`, `search_path = ''`];
    for (const setting of settings) await runAs(own.url, `ALTER ROLE ${own.role} SET ${setting}`);
    return under(own.appUrl, () => own.drop());
  });
}

if (serverUrl !== undefined && poolerUrl !== undefined) {
  describeIdentifierVault('a PostgreSQL server behind PgBouncer', async () => {
    const own = await createReadyDatabase(serverUrl);
    const url = new URL(own.appUrl);
    url.host = new URL(poolerUrl).host;
    return under(url.href, () => own.drop());
  });
}

describeOnServer('the identifier vault on a PostgreSQL server', () => {
  let own: OwnDatabaseWithRole;
  let database: Database;
  let vault: IdentifierVault;

  beforeAll(async () => {
    own = await createReadyDatabase(serverUrl ?? '');
    database = createDatabase(own.appUrl);
    vault = vaultOn(database);
  });
  afterAll(async () => {
    await database.close();
    await own.drop();
  });

  it('holds none of the identifiers, in no column and in no encoding', async () => {
    const values = { key: 'kanarienvogel-4711', hashKey: 'kanarienvogel-hash' };
    await vault.keep(newVaultKey(), toIdentifiers(values), signal);

    const rows = await queryAs(own.url, 'SELECT * FROM account_closure.sealed_identifier');

    const bytes = rows.map((row) => Buffer.from(sealedIn(row)).toString('latin1')).join('\n');
    const columns = JSON.stringify(rows);
    for (const text of ['kanarienvogel', '4711', 'hashKey']) {
      expect(bytes).not.toContain(text);
      expect(columns).not.toContain(text);
      expect(columns).not.toContain(Buffer.from(text).toString('hex'));
    }
  });

  it('says which setting is wrong when no key opens a row, and never a value', async () => {
    const key = newVaultKey();
    await vault.keep(key, toIdentifiers({ key: 'x' }), signal);
    const blind = vaultOn(database, OTHER_KEY);

    const fault: unknown = await blind.open(key, signal).catch((error: unknown) => error);

    expect(fault).toMatchObject({
      name: 'AccessDeniedError',
      farEnd: 'identifier-vault',
      detail: { operation: 'vault.open', code: 'key-missing-in-CLOSURE_SEALING_KEY' },
    });
    await expect(blind.keep(key, toIdentifiers({ key: 'y' }), signal)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      detail: { operation: 'vault.keep' },
    });
  });

  it.each([
    ['moved to another target', `target = 'crm'`, { target: 'crm' }],
    ['moved to another round', 'round = 2', { round: 2 }],
    ['changed', 'sealed = set_byte(sealed, 50, 255 - get_byte(sealed, 50))', {}],
  ])('does not open a row that was %s', async (_what, change, place) => {
    const key = newVaultKey();
    await vault.keep(key, toIdentifiers({ key: 'x' }), signal);
    await runAs(
      own.url,
      `UPDATE account_closure.sealed_identifier SET ${change} WHERE closure_id = '${key.closureId}'`,
    );

    await expect(vault.open({ ...key, ...place }, signal)).rejects.toMatchObject({
      name: 'IndeterminateAnswerError',
      farEnd: 'identifier-vault',
      oddity: 'sealed identifiers were changed, or moved from another place',
    });
  });

  it('keeps the first when its answer is lost and the caller tries again with others', async () => {
    const proxy = await startDeafProxy(own.appUrl);
    const lossy = createDatabase(proxy.url);
    const key = newVaultKey();
    const answersLost = proxy.loseNextAnswer('INSERT INTO account_closure.sealed_identifier');

    await expect(vaultOn(lossy).keep(key, toIdentifiers({ key: 'first' }), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      farEnd: 'identifier-vault',
      detail: { operation: 'vault.keep' },
    });
    await answersLost;

    expect(revealed(await vault.keep(key, toIdentifiers({ key: 'second' }), signal))).toStrictEqual({ key: 'first' });
    await lossy.close();
    await proxy.close();
  });

  it('tells of a right that is missing as a fault of the vault', async () => {
    await runAs(own.url, `REVOKE DELETE ON account_closure.sealed_identifier FROM ${own.role}`);

    await expect(vault.forget(newVaultKey(), signal)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      farEnd: 'identifier-vault',
      detail: { operation: 'vault.forget', code: 'no-right' },
    });

    await runAs(own.url, `GRANT DELETE ON account_closure.sealed_identifier TO ${own.role}`);
  });

  it('lists as old what was kept long ago, unless something newer is kept beside it', async () => {
    const [old, mixed] = [newVaultKey(), newVaultKey()];
    for (const key of [old, mixed]) await vault.keep(key, toIdentifiers({ key: 'x' }), signal);
    await runAs(own.url, `UPDATE account_closure.sealed_identifier SET recorded_at = now() - interval '25 hours'`);
    await vault.keep({ ...mixed, round: 2 }, toIdentifiers({ key: 'x' }), signal);

    const listed = (await vault.histories(24 * 3_600_000, signal)).map(({ closureId }) => closureId);

    expect(listed).toContain(old.closureId);
    expect(listed).not.toContain(mixed.closureId);
  });
});

describe('an identifier vault that is away', () => {
  it('is told as the vault', async () => {
    const database = createDatabase('postgres://ada@127.0.0.1:1/closures');

    await expect(vaultOn(database).open(newVaultKey(), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      message: 'The identifier-vault did not answer (connection-refused).',
      detail: { operation: 'vault.open', code: 'connection-refused' },
    });

    await database.close();
  });
});

function under(url: string, end: () => Promise<void>): VaultUnderTest {
  const database = createDatabase(url);
  return {
    vault: vaultOn(database),
    close: async () => {
      await database.close();
      await end();
    },
  };
}

function sealedIn(row: unknown): Uint8Array {
  const { sealed } = typeof row === 'object' && row !== null && 'sealed' in row ? row : { sealed: undefined };
  if (sealed instanceof Uint8Array) return sealed;
  throw new TypeError('there is no sealed column');
}
