import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTargetsFile } from '../../../../activities/adapters/targets-file/read-targets-file';
import { ENVIRONMENT, problemsOf, readText } from '../../../support/targets-files';

const database = (url: string, more = '') => `version: 1
targets:
  - name: shop
    kind: postgres
    url: ${url}
    tables: [{ table: app.users, where: { o: objectId }, action: delete }]${more}
`;
const service = (secret: string) =>
  `version: 1\ntargets:\n  - { name: crm, kind: http, baseUrl: "https://crm.example/", secret: ${secret} }\n`;

describe('A secret', () => {
  it.each(['postgresql://closure:canary@db.example/shop', 'canary', '"canary"', '|\n      canary'])(
    'does not stand in the file, and is not repeated: %j',
    async (literal) => {
      expect(await problemsOf(database(literal))).toEqual([
        expect.stringMatching(
          /^5:10 error url is a secret written into the file: .* write \{ env: NAME \} or \{ file: path \} here\.$/,
        ),
      ]);
    },
  );

  it.each([
    ['whsec_canary', /^3:71 error secret is a secret written into the file/],
    ['[whsec_canary]', /^3:72 error secret\[0\] is a secret written into the file/],
    ['[{ env: CRM_SECRET }, whsec_canary]', /^3:93 error secret\[1\] is a secret written into the file/],
    ['[{ env: CRM_SECRET }, { value: canary }]', /^3:93 error secret\[1\] takes where the value is/],
  ])('of a service neither: %s', async (literal, problem) => {
    const problems = await problemsOf(service(literal));

    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join('')).not.toContain('canary');
  });

  it.each([
    ['{ env: "not a name" }', /url\.env takes the name of a variable/],
    ['{ file: "" }', /url\.file takes the path of a file/],
    ['{ env: A, file: b }', /url takes where the value is/],
    ['{ value: canary }', /url takes where the value is/],
    ['{ env: A, default: canary }', /url\.default is not known here/],
    ['7', /url takes where the value is/],
    ['[]', /url takes where the value is/],
    ['', /url takes where the value is/],
  ])('is referred to, not by %s', async (reference, problem) => {
    const problems = await problemsOf(database(reference));

    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join('')).not.toContain('canary');
  });

  it('has to be set', async () => {
    expect(await problemsOf(database('{ env: SHOP_DATABASE_URL }'), {})).toEqual([
      '5:10 error url names SHOP_DATABASE_URL, which is not set: set it.',
    ]);
    expect(await problemsOf(database('{ env: EMPTY }'), { EMPTY: '' })).toHaveLength(1);
  });

  it.each(['canary', 'mysql://canary@db', 'postgresql://u:canary/x@h/db', 'postgresql://u:ca nary@h/db'])(
    'of a database is a URL that a connection can be made with: not %s',
    async (value) => {
      const problems = await problemsOf(database('{ env: URL }'), { URL: value });

      expect(problems).toEqual([
        expect.stringMatching(/^5:10 error url leads to a value that cannot be used\. The URL of the/),
      ]);
      expect(problems.join('')).not.toMatch(/ca ?nary/);
    },
  );

  it.each(['canary', 'whsec_', 'whsec_Y2FuYXJ5', 'whsec_canary!'])(
    'of a service is of Standard Webhooks: not %s',
    async (value) => {
      const problems = await problemsOf(service('{ env: S }'), { S: value });

      expect(problems).toEqual([
        expect.stringMatching(/secret leads to a value that cannot be used\. A secret is whsec_/),
      ]);
      expect(problems.join('')).not.toContain('canary');
    },
  );

  it('may be one of two while it is rotated, and no more', async () => {
    const one = '{ env: CRM_SECRET }';

    expect(await problemsOf(service(`[${one}]`))).toEqual([]);
    expect(await problemsOf(service(`[${one}, ${one}]`))).toEqual([]);
    expect(await problemsOf(service(`[${one}, ${one}, ${one}]`))).toEqual([
      expect.stringMatching(/secret takes where the value is: .* a list of two/),
    ]);
    expect(await problemsOf(service('[]'))).toEqual([expect.stringMatching(/secret takes one secret, or two/)]);
  });

  it('is known to the catalogue, and printed nowhere', async () => {
    const read = await readText(service('[{ env: CRM_SECRET }, { env: OLD }]'), {
      ...ENVIRONMENT,
      OLD: `whsec_${'A'.repeat(32)}`,
    });
    const target = read.kind === 'complete' ? read.catalog.targets[0] : undefined;

    expect(target?.kind === 'http' && target.secrets.map((secret) => secret.reveal())).toEqual([
      ENVIRONMENT['CRM_SECRET'],
      `whsec_${'A'.repeat(32)}`,
    ]);
    expect(JSON.stringify(read)).not.toContain('whsec_');
  });

  it('of a replica that leads to the server itself is warned of', async () => {
    const more = '\n    verifyUrl: { env: SHOP_DATABASE_URL }';

    expect(await problemsOf(database('{ env: SHOP_DATABASE_URL }', more))).toEqual([
      expect.stringMatching(/^7:16 warning verifyUrl leads where url leads/),
    ]);
  });
});

describe('A secret in a file', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'targets-'));
    writeFileSync(path.join(folder, 'url'), `${ENVIRONMENT['SHOP_DATABASE_URL'] ?? ''}\n`);
    writeFileSync(path.join(folder, 'blank'), ' \n');
    writeFileSync(path.join(folder, 'huge'), 'x'.repeat(20_000));
    mkdirSync(path.join(folder, 'directory'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const read = (reference: string) => {
    writeFileSync(path.join(folder, 'targets.yaml'), database(reference));
    return readTargetsFile(path.join(folder, 'targets.yaml'), {});
  };

  it('is read from the folder of the targets file, without the white space around it', async () => {
    const found = await read('{ file: url }');
    const target = found.kind === 'complete' ? found.catalog.targets[0] : undefined;

    expect(target?.kind === 'postgres' && target.url.reveal()).toBe(ENVIRONMENT['SHOP_DATABASE_URL']);
    expect((await read(`{ file: ${path.join(folder, 'url')} }`)).kind).toBe('complete');
  });

  it.each([
    ['missing', 'url names a file that is not there.'],
    ['directory', 'url names a file that is a directory: name a file in it.'],
    ['blank', 'url names a file that is empty.'],
    ['huge', 'url names a file that is larger than 16 KiB.'],
  ])('has to be readable: %s', async (file, message) => {
    expect((await read(`{ file: ${file} }`)).problems).toEqual([
      { severity: 'error', line: 5, column: 10, path: 'targets[0].url', message },
    ]);
  });
});

describe('The address of a service', () => {
  it.each([
    ['http://crm.example', /takes an https URL; plain http only for a loopback/],
    ['ftp://localhost', /takes an https URL/],
    ['crm.example', /takes an https URL, such as/],
    ['https://u:canary@crm.example', /has a user or password in it/],
    ['https://canary@crm.example', /has a user or password in it/],
    ['https://crm.example/?key=canary', /has a \? or # in it/],
    ['https://crm.example/#canary', /has a \? or # in it/],
  ])('is not %s', async (baseUrl, problem) => {
    const problems = await problemsOf(service('{ env: CRM_SECRET }').replace('https://crm.example/', baseUrl));

    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join('')).not.toContain('canary');
  });

  it.each(['http://localhost:8080/x', 'http://127.0.0.1:1', 'http://[::1]:1/', 'https://crm.example/a/b//'])(
    'is %s',
    async (baseUrl) => {
      const read = await readText(service('{ env: CRM_SECRET }').replace('https://crm.example/', baseUrl));
      const target = read.kind === 'complete' ? read.catalog.targets[0] : undefined;

      expect(target?.kind === 'http' && target.baseUrl).toBe(baseUrl.replace(/\/+$/, ''));
    },
  );
});
