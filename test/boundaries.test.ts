import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { packageRoot } from '../sandbox/machine';

const FOLDERS = [
  'workflows/contract',
  'workflows',
  'codec',
  'activities/ports',
  'activities/targets',
  'activities/adapters',
  'activities',
  'client',
  'cli',
  'worker',
  'sandbox/entra',
  'sandbox/erasure-service',
  'sandbox',
  'bench',
];
const TOP_FOLDERS = FOLDERS.filter((folder) => !folder.includes('/'));

const Report = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});

let broken: ReadonlyMap<string, readonly string[]>;
let folder: string;

/** A tree with our rules, in which a file of each folder imports a package that nobody listed. */
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'boundaries-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json'])
    cpSync(path.join(packageRoot(), name), path.join(folder, name));
  plant('node_modules/nobody-listed-it/package.json', JSON.stringify({ name: 'nobody-listed-it', main: 'index.js' }));
  plant('node_modules/nobody-listed-it/index.js', '');
  plant('package.json', JSON.stringify({ name: 'tree', dependencies: { 'nobody-listed-it': '1.0.0' } }));
  for (const one of FOLDERS) plant(`${one}/planted.ts`, "export { default } from 'nobody-listed-it';");
  plant('cli/commands/planted.ts', "export { run } from '../../worker/run';");
  plant('worker/run.ts', 'export const run = 1;');
  broken = violations();
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function plant(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function violations(): ReadonlyMap<string, readonly string[]> {
  const program = path.join(packageRoot(), 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const how = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...TOP_FOLDERS];
  const { stdout } = spawnSync(process.execPath, [program, ...how], { cwd: folder, encoding: 'utf8' });
  const found = new Map<string, string[]>();
  for (const { from, rule } of Report.parse(JSON.parse(stdout)).summary.violations)
    found.set(from, [...(found.get(from) ?? []), rule.name]);
  return found;
}

describe('A package that nobody listed', () => {
  it.each(FOLDERS)('may not be imported in %s', (one) => {
    expect(broken.get(`${one}/planted.ts`)).toContain(`${one.replaceAll('/', '-')}-packages`);
  });
});

describe('A command', () => {
  it('may not reach into the worker', () => {
    expect(broken.get('cli/commands/planted.ts')).toContain('only-its-command-starts-the-worker');
  });
});
