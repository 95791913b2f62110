import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { targetsJsonSchema } from '../../../../activities/adapters/targets-file/json-schema';

const FILE = path.join(__dirname, '../../../../docs/targets/targets.schema.json');

describe('The JSON Schema of the targets file', () => {
  it('is the one in the documents; npm run targets:schema makes it anew', async () => {
    const text = `${JSON.stringify(targetsJsonSchema(), null, 2)}\n`;
    if (process.env['WRITE_TARGETS_SCHEMA'] === '1') await writeFile(FILE, text);

    expect(await readFile(FILE, 'utf8')).toBe(text);
  });

  it('knows each kind, action and placeholder', () => {
    const text = JSON.stringify(targetsJsonSchema());

    for (const word of [
      'directory',
      'postgres',
      'http',
      'delete',
      'anonymise',
      'retain',
      'tenantId',
      'objectId',
      'key',
    ]) {
      expect(text).toContain(`"${word}"`);
    }
  });
});
