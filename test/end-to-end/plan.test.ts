import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAzureBlobStorage } from '../../activities/adapters/storage/azure-blob';
import { startErasureService, type RunningErasureService } from '../../sandbox/erasure-service/service';
import { packageRoot } from '../../sandbox/machine';
import { ada, openShop } from '../support/a-shop';
import { NEW_SECRET } from '../support/erasure-services';
import { FIRST_START_MS, startRealParts, type RealParts } from '../support/real-parts';
import { wholeDatabase } from '../support/whole-database';

const targetsFile = (baseUrl: string): string => `
version: 1
bases: { tax-records: Invoices are kept for seven years under tax law }
targets:
  - name: shop
    kind: postgres
    url: { env: SHOP_DATABASE_URL }
    subject: { table: app.users, where: { tenant_id: tenantId, object_id: objectId }, key: id }
    tables:
      - { table: app.order_lines, via: { table: app.orders, on: { order_id: id } }, where: { user_id: key }, action: delete }
      - { table: app.orders, where: { user_id: key }, action: anonymise, set: { ship_name: null, email: { hash: true }, user_id: null } }
      - { table: app.invoices, where: { user_id: key }, action: retain, set: { email: null }, basis: tax-records, until: { column: issued_at, plus: 7 years } }
      - { table: app.users, where: { id: key }, action: delete }
  - { name: crm, kind: http, baseUrl: "${baseUrl}", secret: { env: CRM_SECRET }, rate: { perSecond: 20 }, after: [shop] }
`;

describe('closure plan, on the embedded stack', () => {
  let parts: RealParts;
  let crm: RunningErasureService;
  let folder: string;

  beforeAll(async () => {
    parts = await startRealParts();
    const { DATABASE_URL = '' } = parts.environment;
    await openShop(DATABASE_URL, undefined);
    parts.entra.world.addPerson({ ...ada, name: 'Ada', about: '', address: 'ada@analytical-shop.example', traits: [] });
    const keep = { basis: 'legal-obligation', until: '2033-01-01T00:00:00.000Z' };
    const records = [{ what: 'contact', content: 'one' } as const, { what: 'invoice', content: 'two', keep } as const];
    crm = await startErasureService({ secrets: [NEW_SECRET], people: [{ ...ada, records }] });
    folder = await mkdtemp(path.join(os.tmpdir(), 'plan-'));
    const CLOSURE_TARGETS = path.join(folder, 'targets.yaml');
    await writeFile(CLOSURE_TARGETS, targetsFile(crm.baseUrl));
    await parts.startWorker({
      CLOSURE_TARGETS,
      CLOSURE_SEALING_KEY: randomBytes(32).toString('base64url'),
      SHOP_DATABASE_URL: DATABASE_URL,
      CRM_SECRET: NEW_SECRET,
    });
  }, FIRST_START_MS);

  afterAll(async () => {
    await parts.close();
    await crm.close();
    await rm(folder, { recursive: true });
  });

  /** The built command, as an operator runs it: without the secrets, which the worker has. */
  function closurePlan(...flags: readonly string[]): Promise<{ readonly exitCode: unknown; readonly stdout: string }> {
    const { tenantId, objectId } = ada;
    const argv = [
      path.join(packageRoot(), 'dist', 'cli', 'main.js'),
      'plan',
      '--tenant',
      tenantId,
      '--object',
      objectId,
    ];
    const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = parts.environment;
    const env = { PATH: process.env['PATH'], TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE };
    return new Promise((resolve) => {
      execFile(process.execPath, [...argv, ...flags], { env }, (error, stdout) => {
        resolve({ exitCode: error?.code ?? 0, stdout });
      });
    });
  }

  /** Whatever there is at all far ends. */
  async function everything(): Promise<unknown> {
    const { DATABASE_URL = '', AZURE_STORAGE_CONNECTION_STRING: connectionString = '' } = parts.environment;
    const storage = createAzureBlobStorage({ connectionString });
    return {
      database: await wholeDatabase(DATABASE_URL),
      containers: await storage.listContainers('', AbortSignal.timeout(10_000)),
      user: parts.entra.world.findUser(ada.objectId),
      exports: parts.entra.world.exports.length,
      records: crm.recordsOf(ada),
    };
  }

  it('says what goes and what stays and why, and leaves every far end as it was, to the byte', async () => {
    const before = await everything();
    const asked = { entra: parts.entra.requests.length, crm: crm.requests.length };

    const { exitCode, stdout } = await closurePlan();

    expect(exitCode).toBe(0);
    expect(stdout).toContain('shop       deletes app.order_lines 10, app.users 1\n');
    expect(stdout).toContain('keeps app.invoices 4: 7 years after issued_at, the last until 2027-03-03');
    expect(stdout).toContain('Invoices are kept for seven years under tax law (tax-records)');
    expect(stdout).toContain('crm        deletes contact 1\n');
    expect(stdout).toMatch(/keeps invoice 1: the last until 2033.*A law obliges us/);
    expect(stdout).toContain('closedWithRetention');
    expect(await everything()).toEqual(before);
    expect(new Set(parts.entra.requests.slice(asked.entra).map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(crm.requests.slice(asked.crm).map((request) => request.path)).toEqual(['/closure/lookups']);
  });

  it('shows the rest when a system is out of order, and the same as JSON', async () => {
    crm.breakDown('refusing');

    const { exitCode, stdout } = await closurePlan('--json');
    crm.repair();

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      eligibility: 'eligible',
      plan: { targets: [{ name: 'shop' }, { name: 'directory' }] },
      unplanned: [{ target: 'crm', fault: 'RequestRefused', advice: expect.any(String) }],
      error: { code: 'plan-incomplete' },
    });
  });

  it('is a Workflow of its own, and no closure', async () => {
    const seen: string[] = [];
    for await (const { type } of parts.service.workflow.list()) seen.push(type);
    const listed: unknown[] = [];
    for await (const closure of parts.client.list()) listed.push(closure);

    expect(new Set(seen)).toEqual(new Set(['planClosure']));
    expect(listed).toEqual([]);
  });
});
