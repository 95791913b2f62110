import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readTargetsFile } from '../../activities/adapters/targets-file/read-targets-file';
import type { PostgresDefinition, TargetDefinition } from '../../activities/ports/target-catalog';
import type { TargetsFile } from '../../activities/ports/targets-file';

/** What the files of tests refer to. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  SHOP_DATABASE_URL: 'postgresql://closure:canary-password@db.example/shop',
  SHOP_REPLICA_URL: 'postgresql://closure:canary-password@replica.example/shop',
  CRM_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
};

/** Reads a targets file of this text. */
export async function readText(
  text: string | Uint8Array,
  environment: Readonly<Record<string, string | undefined>> = ENVIRONMENT,
): Promise<TargetsFile> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'targets-'));
  try {
    const file = path.join(folder, 'targets.yaml');
    writeFileSync(file, text);
    return await readTargetsFile(file, environment);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The problems of a file as `line:column severity message`. */
export async function problemsOf(text: string, environment = ENVIRONMENT): Promise<readonly string[]> {
  const { problems } = await readText(text, environment);
  return problems.map(({ line, column, severity, message }) => `${line}:${column} ${severity} ${message}`);
}

/** The definitions of a file that has no errors. */
export async function definitionsOf(text: string): Promise<readonly TargetDefinition[]> {
  const read = await readText(text);
  if (read.kind === 'complete') return read.catalog.targets;
  throw new Error(`The file has errors: ${JSON.stringify(read.problems)}`);
}

/** The database that a file of one describes. */
export async function databaseOf(text: string): Promise<PostgresDefinition> {
  const database = (await definitionsOf(text)).find((one) => one.kind === 'postgres');
  if (database?.kind === 'postgres') return database;
  throw new Error('The file describes no database.');
}

/** A file with one database, whose tables are these rules in flow style. */
export function withTables(...tables: readonly string[]): string {
  return `version: 1
targets:
  - name: shop
    kind: postgres
    url: { env: SHOP_DATABASE_URL }
    subject: { table: app.users, where: { object_id: objectId }, key: id }
    tables:
${tables.map((table) => `      - ${table}\n`).join('')}`;
}

/** The line of the first rule in `withTables`. */
export const FIRST_TABLE_LINE = 8;
