import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSealing } from '../../activities/adapters/identifier-vault/sealing';
import { createSealingKey } from '../../activities/adapters/identifier-vault/sealing-keys';
import { ConfigError, loadConfig, neededSealingKeys, type WorkerConfig } from '../../worker/config';

const KEY = createSealingKey().privateKey.reveal();
const OLD_KEY = createSealingKey().privateKey.reveal();
const REQUIRED = {
  AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
  DATABASE_URL: 'postgres://closure@database.example/closure',
};
const WRONG = ['', ',', 'kanarienvogel', KEY.slice(1), `${KEY}A`, `${KEY},kanarienvogel`, `${KEY},,${OLD_KEY}`];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'closure-key-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const keysIn = ({ sealingKeys }: WorkerConfig): readonly string[] | undefined =>
  sealingKeys?.map((key) => key.reveal());

function fileWith(text: string): string {
  const file = path.join(folder, 'sealing.key');
  writeFileSync(file, text);
  return file;
}

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig({ ...REQUIRED, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the keys that identifiers are sealed with', () => {
  it.each([
    [KEY, [KEY]],
    [`${KEY},${OLD_KEY}`, [KEY, OLD_KEY]],
    [` ${KEY} , ${OLD_KEY}\n`, [KEY, OLD_KEY]],
    [`${KEY}\n${OLD_KEY}\n`, [KEY, OLD_KEY]],
  ])('are taken from the environment and from a file alike', (text, keys) => {
    expect(keysIn(loadConfig({ ...REQUIRED, CLOSURE_SEALING_KEY: text }))).toEqual(keys);
    expect(keysIn(loadConfig({ ...REQUIRED, CLOSURE_SEALING_KEY_FILE: fileWith(text) }))).toEqual(keys);
  });

  it('are keys that one can seal with', () => {
    const { sealingKeys = [] } = loadConfig({ ...REQUIRED, CLOSURE_SEALING_KEY: `${KEY},${OLD_KEY}` });

    expect(() => createSealing(sealingKeys)).not.toThrow();
  });

  it.each(WRONG.slice(1))('are refused in one line that does not repeat them: %j', (text) => {
    for (const environment of [{ CLOSURE_SEALING_KEY: text }, { CLOSURE_SEALING_KEY_FILE: fileWith(text) }]) {
      const problems = problemsOf(environment);

      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^CLOSURE_SEALING_KEY(_FILE)? .*takes what `closure sealing-key` prints/);
      expect(problems[0]).not.toMatch(new RegExp(`kanarienvogel|${KEY.slice(2, 20)}|sealing\\.key`));
    }
  });

  it.each(['', '\n'])('are missed in a file that has none: %j', (text) => {
    expect(problemsOf({ CLOSURE_SEALING_KEY_FILE: fileWith(text) })).toHaveLength(1);
  });

  it('are missed in a file that cannot be read', () => {
    expect(problemsOf({ CLOSURE_SEALING_KEY_FILE: path.join(folder, 'kanarienvogel') })).toEqual([
      'CLOSURE_SEALING_KEY_FILE names a file that cannot be read',
    ]);
  });

  it('are refused from both places at once', () => {
    expect(problemsOf({ CLOSURE_SEALING_KEY: KEY, CLOSURE_SEALING_KEY_FILE: fileWith(KEY) })).toEqual([
      'CLOSURE_SEALING_KEY and CLOSURE_SEALING_KEY_FILE are both set: keep one of them',
    ]);
  });

  it('are not printed with the settings', () => {
    const config = loadConfig({ ...REQUIRED, CLOSURE_SEALING_KEY: KEY });

    expect(`${JSON.stringify(config)} ${inspect(config, { depth: 10, showHidden: true })}`).not.toContain(KEY);
  });

  it('are asked for by name where there have to be some', () => {
    const config = loadConfig(REQUIRED);

    expect(() => neededSealingKeys(config)).toThrow(
      /^CLOSURE_SEALING_KEY is missing: .*`closure sealing-key` makes one$/,
    );
    expect(neededSealingKeys(loadConfig({ ...REQUIRED, CLOSURE_SEALING_KEY: KEY }))).toHaveLength(1);
  });
});
