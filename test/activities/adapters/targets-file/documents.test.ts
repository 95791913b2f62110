import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FileSchema } from '../../../../activities/adapters/targets-file/schema';
import { BASES } from '../../../../workflows/contract/bases';
import { RESERVED_NAMES, TARGET_KINDS } from '../../../../workflows/contract/targets';
import { ENVIRONMENT, readText } from '../../../support/targets-files';

const FOLDER = path.join(__dirname, '../../../../docs/targets');
const PAGE = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
const examples = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && !name.endsWith('.openapi.yaml'));
const blocks = Array.from(PAGE.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms), ([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

/** Whatever the text refers to is there; files are looked for in the environment instead. */
async function problemsOfDocument(text: string): Promise<readonly string[]> {
  const environment: Record<string, string> = { ...ENVIRONMENT };
  for (const [, name = ''] of text.matchAll(/env: (\w+_URL)/g)) {
    environment[name] = `postgresql://u@${name.toLowerCase().replaceAll('_', '-')}/db`;
  }
  for (const [, name = ''] of text.matchAll(/env: (\w+_SECRET)/g)) environment[name] = ENVIRONMENT['CRM_SECRET'] ?? '';
  const withoutFiles = text.replaceAll(/\{ file: [^}]+\}/g, '{ env: CRM_SECRET }');
  const { problems } = await readText(withoutFiles, environment);
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('The documents of targets', () => {
  it('have an example for every kind', () => {
    expect(examples.toSorted()).toEqual(TARGET_KINDS.map((kind) => `${kind}.yaml`).toSorted());
  });

  it.each(examples)('%s has no problems, and tells editors its schema', async (name) => {
    const text = readFileSync(path.join(FOLDER, name), 'utf8');

    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/targets\.schema\.json\n/);
    expect(await problemsOfDocument(text)).toEqual([]);
  });

  it('show files on the page that have no problems', async () => {
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const text of blocks) expect(await problemsOfDocument(text)).toEqual([]);
  });

  it('name every key, basis and reserved name', () => {
    const keys = [
      'name',
      'kind',
      'after',
      'deadline',
      'rate',
      'url',
      'verifyUrl',
      'subject',
      'tables',
      'table',
      'where',
    ];
    const others = ['via', 'action', 'set', 'basis', 'until', 'baseUrl', 'secret', 'readsLag'];
    const words = [...Object.keys(FileSchema.shape), ...keys, ...others, ...Object.keys(BASES), ...RESERVED_NAMES];

    expect(words.filter((word) => !new RegExp(`\`${word}[\`:]`).test(PAGE))).toEqual([]);
  });
});
