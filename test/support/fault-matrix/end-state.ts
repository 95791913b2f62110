import { createHash } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import type { ClosureStatus } from '../../../workflows/contract/status';
import { queryAs } from '../own-database';
import { rowsInShop, type PersonEverywhere } from './people';
import type { Systems } from './systems';
import { withoutIds } from './wording';

/** A closure that has ended, with its follow-up. */
export interface EndedClosure {
  readonly closureId: string;
  readonly status: ClosureStatus;
  readonly deletedContainers: number;
}

/** What there is at every far end when a closure has ended: the same for every one of the same kind. */
export interface EndState {
  readonly status: unknown;
  readonly directory: unknown;
  readonly shop: readonly string[];
  readonly ledger: readonly string[];
  readonly service: unknown;
  readonly storage: readonly string[];
  readonly audit: readonly string[];
  readonly lastTurn: readonly string[];
  readonly vault: readonly string[];
}

/** Reads it at the far ends themselves, past every proxy. */
export async function endStateOf(systems: Systems, person: PersonEverywhere, ended: EndedClosure): Promise<EndState> {
  const { databaseUrl, shopUrl } = systems;
  const { closureId } = ended;
  const of = `WHERE closure_id = '${closureId}'`;
  return {
    status: statusOf(systems, person, ended),
    directory: directoryOf(systems, person),
    shop: await linesOf(shopUrl, rowsInShop(person), person),
    ledger: await linesOf(shopUrl, LEDGER(of), person),
    service: serviceOf(systems, person, closureId),
    storage: await containersOf(systems, closureId),
    audit: await linesOf(databaseUrl, AUDIT(of), person),
    lastTurn: await linesOf(
      databaseUrl,
      `SELECT kind AS line FROM account_closure.turn ${of} ORDER BY number DESC LIMIT 1`,
      person,
    ),
    vault: await linesOf(databaseUrl, `SELECT target AS line FROM account_closure.sealed_identifier ${of}`, person),
  };
}

const LEDGER = (of: string): string => `
  SELECT concat_ws(' ', target, step, round, batch, table_name, changed, retained, retained_until, is_table_done) AS line
  FROM closure.closure_ledger ${of} ORDER BY batch`;

/**
 * One intent and one result of every effect, and every decision once. How often a call was made is the marks' business: of
 * these it counts that they are there. An answer that was lost is not in the log, and the result says all the same what was done.
 */
const AUDIT = (of: string): string => `
  SELECT concat_ws(' ', target, step, round, kind, occasion, outcome - 'plan' - 'targets' - 'publicKey' - 'signature') AS line
  FROM account_closure.audit_entry ${of} AND kind NOT IN ('mark', 'answer')
  UNION ALL
  SELECT DISTINCT concat_ws(' ', target, step, round, kind, regexp_replace(occasion, ':[^:]*$', ''))
  FROM account_closure.audit_entry ${of} AND kind = 'mark'`;

const Lines = z.array(z.object({ line: z.string() }));

/** Without what is another one for each closure and person. */
async function linesOf(url: string, sql: string, person: PersonEverywhere): Promise<readonly string[]> {
  const number = new RegExp(`(?<![\\d.-])${String(person.number)}(?!\\d)`, 'g');
  const lines = Lines.parse(await queryAs(url, sql)).map(({ line }) => withoutIds(line).replace(number, '#'));
  return lines.toSorted();
}

function statusOf(
  { entra }: Systems,
  { account }: PersonEverywhere,
  { status, deletedContainers }: EndedClosure,
): unknown {
  const { outcome, targets, attention } = status;
  const files = entra.world.exportFilesOf(account.objectId);
  const expected = files.map(({ content }) => createHash('sha256').update(content).digest('hex')).toSorted();
  const saved = status.export?.kind === 'saved' ? status.export.files.map(({ sha256 }) => sha256).toSorted() : [];
  return { outcome, targets, attention, isExportWhole: saved.join() === expected.join(), deletedContainers };
}

function directoryOf({ entra: { world } }: Systems, { account: { objectId } }: PersonEverywhere): unknown {
  const exports = world.exports.filter(({ userId }) => userId === objectId).map(({ status }) => status);
  return { isPurged: world.isPurged(objectId), exports };
}

/** What is left, and the erasures that were asked for: how often each was asked for is not counted. */
function serviceOf({ service }: Systems, { account }: PersonEverywhere, closureId: string): unknown {
  const keys = service.requests.map(({ headers }) => String(headers['idempotency-key'] ?? ''));
  const erasures = new Set(keys.filter((key) => key.startsWith(closureId)).map(withoutIds));
  return { records: service.recordsOf(account), erasures: [...erasures] };
}

async function containersOf({ storageConnectionString }: Systems, closureId: string): Promise<readonly string[]> {
  const names: string[] = [];
  const client = BlobServiceClient.fromConnectionString(storageConnectionString);
  for await (const { name } of client.listContainers({ prefix: `export-${closureId}` })) names.push(withoutIds(name));
  return names;
}
