import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createSealingKey } from '../activities/adapters/identifier-vault/sealing-keys';
import type { DatabaseOptions } from './database';
import { SAMPLE_PEOPLE } from './entra/people';
import { startErasureService, type RunningErasureService } from './erasure-service/service';
import { packageRoot } from './machine';

/** The systems of `sandbox/systems/targets.yaml`: two databases and a service, with something of every sample person. */
export interface SampleSystems {
  /** As the worker's role sees it. */
  readonly shopUrl: string;
  readonly newsletterUrl: string;
  readonly crm: RunningErasureService;
  /** For the worker and the command line: the targets file, and what it refers to. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the service, and removes the targets file. */
  readonly close: () => Promise<void>;
}

/** The sample databases as they are to be started, the shop's first. */
export async function sampleDatabases(): Promise<readonly DatabaseOptions[]> {
  const ledger = await readFile(path.join(packageRoot(), 'docs', 'targets', 'closure-ledger.sql'), 'utf8');
  const database = async (name: string): Promise<DatabaseOptions> => ({
    sql: ledger + (await readFile(sampleFile(`${name}.sql`), 'utf8')),
    role: `${name}_closure`,
  });
  return Promise.all([database('shop'), database('newsletter')]);
}

/** Starts the service, and describes it and the databases in a targets file of its own: ports differ. */
export async function startSampleSystems([
  shopUrl = '',
  newsletterUrl = '',
]: readonly string[]): Promise<SampleSystems> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const crm = await startErasureService({ secrets: [secret], people: CUSTOMERS });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'account-closure-'));
  const targets = path.join(folder, 'targets.yaml');
  const example = await readFile(sampleFile('targets.yaml'), 'utf8');
  await writeFile(targets, example.replace(/http:\/\/127\.0\.0\.1:\d+\/closure/, crm.baseUrl));
  return {
    shopUrl,
    newsletterUrl,
    crm,
    environment: {
      CLOSURE_TARGETS: targets,
      CLOSURE_SEALING_KEY: createSealingKey().privateKey.reveal(),
      SHOP_DATABASE_URL: shopUrl,
      NEWSLETTER_DATABASE_URL: newsletterUrl,
      CRM_SECRET: secret,
    },
    close: async () => {
      await crm.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const CUSTOMERS = SAMPLE_PEOPLE.map(({ tenantId, objectId }) => ({
  tenantId,
  objectId,
  records: [
    { what: 'contact', content: 'prefers letters' },
    { what: 'ticket', content: 'asks about the engine' },
    { what: 'ticket', content: 'asks about the engine again' },
  ] as const,
}));

function sampleFile(name: string): string {
  return path.join(packageRoot(), 'sandbox', 'systems', name);
}
