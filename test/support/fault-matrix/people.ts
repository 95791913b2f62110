import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import type { SamplePerson } from '../../../sandbox/entra/people';
import { ANALYTICAL } from '../../../sandbox/entra/tenants';
import type { StoredRecord } from '../../../sandbox/erasure-service/store';
import { shopDataOf } from '../a-shop';
import { guid } from '../guid';
import { queryAs, runAs } from '../own-database';
import type { Systems } from './systems';

/** Somebody of whom every far end holds something. */
export interface PersonEverywhere {
  readonly account: SamplePerson;
  /** The key in the shop. */
  readonly number: number;
  /** What stays of the person's orders names nobody: they are known by these. */
  readonly orders: readonly string[];
}

const RECORDS: readonly StoredRecord[] = [
  { what: 'contact', content: 'prefers letters' },
  { what: 'ticket', content: 'one' },
  { what: 'ticket', content: 'two' },
  { what: 'invoice', content: 'paid', keep: { basis: 'legal-obligation', until: '2033-01-01T00:00:00.000Z' } },
];

const Ids = z.array(z.object({ id: z.string() }));

/** Brings somebody into every far end; each has the same kinds of data. */
export async function addEverywhere({ entra, service, shopUrl }: Systems, number: number): Promise<PersonEverywhere> {
  const objectId = guid(randomUUID());
  const account: SamplePerson = {
    name: 'Annie Easley',
    about: 'may close the account',
    tenantId: ANALYTICAL.id,
    objectId,
    address: `person${String(number)}@${ANALYTICAL.domain}`,
    traits: [],
  };
  entra.world.addPerson(account);
  for (const record of RECORDS) service.add(account, record);
  await runAs(shopUrl, shopDataOf(number, { tenantId: guid(ANALYTICAL.id), objectId }));
  const found = await queryAs(shopUrl, `SELECT id FROM app.orders WHERE user_id = ${String(number)} ORDER BY id`);
  return { account, number, orders: Ids.parse(found).map(({ id }) => id) };
}

const BYSTANDERS_CLOSURE = 'b1000000-0000-4000-8000-00000000000b';

/** What a closure leaves behind that is under way: an export, something in the vault, an entry in the audit log. */
export async function leaveTraces({ databaseUrl, storageConnectionString }: Systems): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(storageConnectionString).getContainerClient(
    `export-${BYSTANDERS_CLOSURE}-1`,
  );
  await container.create();
  await container.getBlockBlobClient('logs.json').uploadData(Buffer.from('[{"Action":"OpenFile"}]'));
  await runAs(
    databaseUrl,
    `INSERT INTO account_closure.sealed_identifier (closure_id, first_run_id, target, round, sealed)
       VALUES ('${BYSTANDERS_CLOSURE}', 'run-1', 'shop', 1, decode(repeat('ab', 400), 'hex'));
     INSERT INTO account_closure.audit_entry (closure_id, first_run_id, target, step, round, kind, occasion)
       VALUES ('${BYSTANDERS_CLOSURE}', 'run-1', 'export', 'request', 1, 'intent', '');
     INSERT INTO account_closure.turn (closure_id, first_run_id, number, kind)
       VALUES ('${BYSTANDERS_CLOSURE}', 'run-1', 1, 'withdrawn');`,
  );
}

/** Everything of the person's, and of the closure that left traces, to the byte. */
export async function everythingOf(systems: Systems, person: PersonEverywhere): Promise<string> {
  const { entra, service, shopUrl, databaseUrl, storageConnectionString } = systems;
  const client = BlobServiceClient.fromConnectionString(storageConnectionString);
  const file = client.getContainerClient(`export-${BYSTANDERS_CLOSURE}-1`).getBlobClient('logs.json');
  return JSON.stringify([
    entra.world.findUser(person.account.objectId),
    service.recordsOf(person.account),
    await queryAs(shopUrl, rowsInShop(person)),
    await queryAs(databaseUrl, tracesOf(BYSTANDERS_CLOSURE)),
    (await file.downloadToBuffer()).toString('base64'),
  ]);
}

/** SQL: every row of the person's, a line each. */
export function rowsInShop({ number, account, orders }: PersonEverywhere): string {
  const key = String(number);
  const ids = orders.map((id) => `'${id}'`).join(', ');
  return `SELECT line FROM (
    SELECT 'user ' || u::text AS line FROM app.users AS u WHERE id = ${key}
    UNION ALL SELECT 'visit ' || page FROM app.visits WHERE object_id = '${account.objectId}'
    UNION ALL SELECT 'order ' || o::text FROM app.orders AS o WHERE id IN (${ids}) OR user_id = ${key}
    UNION ALL SELECT 'line ' || l::text FROM app.order_lines AS l WHERE order_id IN (${ids})
    UNION ALL SELECT 'invoice ' || i::text FROM app.invoices AS i WHERE number LIKE '${key}-%' OR user_id = ${key}
  ) AS rows ORDER BY line`;
}

function tracesOf(closureId: string): string {
  return ['sealed_identifier', 'audit_entry', 'turn']
    .map((table) => `SELECT t::text FROM account_closure.${table} AS t WHERE closure_id = '${closureId}'`)
    .join(' UNION ALL ');
}
