import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { toSafePath } from '../../cli/safe-path';
import { printable } from '../../cli/output';
import { closure, type Invocation } from '../support/cli';
import { manifestOf, storageOf } from '../support/memory-storage';
import { CLOSURE_ID, statusWith } from '../support/statuses';

const FILES = { 'Logs/2026/signins.json': '[{"at":1}]', 'profile.json': '{}', 'empty.json': '' };

describe('closure export', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'closure-export-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  function exported(
    argv: readonly string[],
    recorded: Readonly<Record<string, string>>,
    stored: Readonly<Record<string, string>> = recorded,
  ): Promise<Invocation> {
    return closure(['export', CLOSURE_ID, ...argv, '--json'], {
      client: { status: () => Promise.resolve(statusWith({ export: manifestOf(recorded) })) },
      storage: () => Promise.resolve(storageOf(stored)),
    });
  }

  it('downloads every file, checked, into a new directory', async () => {
    const out = path.join(directory, 'new', 'folder');

    const { exitCode, stdout } = await exported(['--out', out], FILES);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      directory: out,
      totalBytes: 12,
      files: [{ name: 'Logs/2026/signins.json', sizeBytes: 10 }, { name: 'empty.json' }, { name: 'profile.json' }],
    });
    await expect(readFile(path.join(out, 'Logs/2026/signins.json'), 'utf8')).resolves.toBe('[{"at":1}]');
    await expect(readFile(path.join(out, 'empty.json'), 'utf8')).resolves.toBe('');
  });

  it('accepts an empty export', async () => {
    const { exitCode, stdout } = await exported(['--out', directory], {});

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ files: [], totalBytes: 0, directory });
  });

  it('keeps nothing of a file whose content is not what was recorded', async () => {
    const { exitCode, stdout } = await exported(['--out', directory], { 'a.json': 'good' }, { 'a.json': 'evil' });

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'hash-mismatch' } });
    await expect(readdir(directory)).resolves.toEqual([]);
  });

  it('refuses an export that is not the recorded one', async () => {
    const { exitCode, stdout } = await exported(
      ['--out', directory],
      { 'a.json': '1' },
      { 'a.json': '1', 'b.json': '2' },
    );

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'export-differs' } });
  });

  it('overwrites nothing, and downloads nothing then', async () => {
    await writeFile(path.join(directory, 'profile.json'), 'mine');

    const { exitCode, stdout } = await exported(['--out', directory], FILES);

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'file-exists' } });
    await expect(readdir(directory)).resolves.toEqual(['profile.json']);
    await expect(readFile(path.join(directory, 'profile.json'), 'utf8')).resolves.toBe('mine');
  });

  it('leaves the directory neither by a name nor by a link in it', async () => {
    const outside = await mkdtemp(path.join(tmpdir(), 'closure-outside-'));
    await symlink(outside, path.join(directory, 'Logs'));

    const byLink = await exported(['--out', directory], FILES);
    const byName = await exported(['--out', path.join(directory, 'deep')], { '../../escaped.json': '{}' });

    expect(byLink.exitCode).toBe(3);
    expect(byName.exitCode).toBe(0);
    await expect(readdir(outside)).resolves.toEqual([]);
    await expect(readdir(directory)).resolves.not.toContain('escaped.json');
    await rm(outside, { recursive: true });
  });

  it('prints links that are short-lived', async () => {
    const { stdout } = await exported(['--links', '--expires', '30m'], { 'a.json': '1' });

    expect(JSON.parse(stdout)).toEqual({
      links: [{ name: 'a.json', url: 'https://storage.example/a.json?sig=1', expiresAt: expect.any(String) }],
    });
  });

  it('says that there is no export', async () => {
    const { exitCode, stdout } = await closure(['export', CLOSURE_ID, '--out', directory, '--json'], {
      client: { status: () => Promise.resolve(statusWith()) },
      storage: () => Promise.resolve(storageOf({})),
    });

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'no-export' } });
  });
});

describe('the path of an exported file', () => {
  const names = fc.string({
    minLength: 1,
    unit: fc.constantFrom('a', '/', '.', '\\', '%', '\u0000', ':', 'é', '2', 'E'),
  });

  it('is always inside the directory', () => {
    fc.assert(
      fc.property(names, (name) => {
        const relative = path.relative('/out', path.resolve('/out', toSafePath(name)));
        expect(relative).not.toBe('');
        expect(relative.split(path.sep)).not.toContain('..');
      }),
    );
  });

  it('is another one for another name', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(toSafePath(one) === toSafePath(other)).toBe(one === other);
      }),
    );
  });
});

describe('text from outside', () => {
  it('cannot steer a terminal', () => {
    expect(printable('a\u001b[31m\u009b\u202e\r\nb')).toBe('a\\u001b[31m\\u009b\\u202e\\u000d\\u000ab');
  });
});
