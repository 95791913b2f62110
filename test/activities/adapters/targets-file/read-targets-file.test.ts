import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTargetsFile } from '../../../../activities/adapters/targets-file/read-targets-file';
import { problemsOf, readText, withTables } from '../../../support/targets-files';

describe('A file with many mistakes', () => {
  const file = `version: 2
owner: me
targets:
  - name: shop
    kind: postgres
    url: postgres://closure:canary-password@db.example/shop
    deadlin: 1 day
    tables:
      - { table: orders, where: { tenant_id: tenantId }, action: delete }
  - name: crm
    kind: blob
    after: [shop, mial]
  - { name: mail, kind: http, baseUrl: "http://mail.example", secret: { env: NOBODY_SET_IT }, after: [mail] }
`;

  it('tells them all at once, each with its place', async () => {
    expect(await problemsOf(file)).toEqual([
      expect.stringMatching(/^1:10 error version takes 1/),
      expect.stringMatching(/^2:1 error owner is not known here/),
      expect.stringMatching(/^6:10 error url is a secret written into the file/),
      expect.stringMatching(/^7:5 error deadlin is not known here, did you mean deadline\?/),
      expect.stringMatching(/^9:18 error tables\[0\]\.table takes a table with its schema/),
      expect.stringMatching(/^9:33 error tables\[0\]\.where names a tenant alone and could reach other people/),
      expect.stringMatching(/^11:11 error kind takes one of directory, postgres, http\./),
      expect.stringMatching(/^12:19 error after\[1\] names a target that is not in the file, did you mean mail\?/),
      expect.stringMatching(/^13:40 error baseUrl takes an https URL/),
      expect.stringMatching(/^13:71 error secret names NOBODY_SET_IT, which is not set/),
      expect.stringMatching(/^13:103 error after\[0\] closes a circle: mail -> mail/),
    ]);
  });

  it('is refused, with the path of each problem from the top', async () => {
    const { kind, problems } = await readText(file);

    expect(kind).toBe('refused');
    expect(problems.map((problem) => problem.path)).toContain('targets[0].tables[0].where');
  });

  it('never repeats a secret', async () => {
    expect(JSON.stringify(await readText(file))).not.toContain('canary');
  });
});

describe('A file that is no targets file', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'targets-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const read = async (name: string, content?: string | Uint8Array) => {
    if (content !== undefined) writeFileSync(path.join(folder, name), content);
    const { kind, problems } = await readTargetsFile(path.join(folder, name), {});
    return { kind, messages: problems.map(({ message }) => message) };
  };
  const refused = (message: string) => ({ kind: 'refused', messages: [message] });

  it('may be missing, a directory, or no file at all', async () => {
    expect(await read('missing.yaml')).toEqual(refused('The file is not there.'));
    expect(await read('.')).toEqual(refused('The file is a directory: name a file in it.'));
    expect((await readTargetsFile('/dev/null', {})).problems[0]?.message).toBe('The file is no ordinary file.');
    expect((await readTargetsFile('a\0b', {})).kind).toBe('refused');
  });

  it('may be empty, or say nothing', async () => {
    const empty = refused('The file is empty: it takes version and targets.');

    expect(await read('empty.yaml', '')).toEqual(empty);
    expect(await read('comment.yaml', '# nothing\n')).toEqual(empty);
  });

  it.each(['null', '[]', 'text', '42', '""'])('may be no map: %s', async (text) => {
    expect(await read('other.yaml', text)).toEqual(
      refused('The file takes a map with the keys version, bases, targets.'),
    );
  });

  it('may be huge, or no text', async () => {
    expect(await read('huge.yaml', '#'.repeat(128 * 1024 + 1))).toEqual(refused('The file is larger than 128 KiB.'));
    expect(await read('binary.yaml', Uint8Array.of(0xff, 0xfe, 0))).toEqual(refused('The file is not text in UTF-8.'));
  });
});

describe('Of a file with more problems than anybody reads', () => {
  it('the first ones are told, and that there are more', async () => {
    const rules = Array.from({ length: 200 }, () => '{ table: orders, where: { id: key }, action: delete }');

    const { problems } = await readText(withTables(...rules));

    expect(problems).toHaveLength(101);
    expect(problems.at(-1)?.message).toMatch(/more problems/);
  });
});
