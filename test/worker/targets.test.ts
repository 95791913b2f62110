import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../worker/config';
import { loadTargets } from '../../worker/targets';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'targets-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function written(text: string): Promise<string> {
  const file = path.join(folder, 'targets.yaml');
  await writeFile(file, text);
  return file;
}

const SERVICE = `version: 1
targets:
  - { name: crm, kind: http, baseUrl: "https://crm.example/closure", secret: { env: CRM_SECRET }, rate: { perSecond: 2 } }
`;
const SECRET = `whsec_${Buffer.alloc(32, 'secret').toString('base64')}`;

describe('the targets of a worker', () => {
  it('are the directory account alone without a file', async () => {
    const { catalog, needsSealingKey } = await loadTargets(undefined, {});

    expect(catalog.targets).toMatchObject([{ name: 'directory', kind: 'directory' }]);
    expect(needsSealingKey).toBe(false);
  });

  it('are those of the file, the directory account last', async () => {
    const { catalog } = await loadTargets(await written(SERVICE), { CRM_SECRET: SECRET });

    expect(catalog.targets.map(({ name }) => name)).toEqual(['crm', 'directory']);
  });

  it('are told in lines with their places when the file has errors, and never with a secret', async () => {
    const loading = loadTargets(await written(SERVICE.replace('kind: http', 'kind: ftp')), { CRM_SECRET: SECRET });

    const error: unknown = await loading.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(
      /CLOSURE_TARGETS line 3, column \d+: .*ftp|CLOSURE_TARGETS line 3, column \d+: .*kind/,
    );
    expect(String(error)).not.toContain(SECRET);
  });

  it('are an error of the setting when there is no such file', async () => {
    await expect(loadTargets(path.join(folder, 'nowhere.yaml'), {})).rejects.toThrow(/CLOSURE_TARGETS line 1/);
  });
});
