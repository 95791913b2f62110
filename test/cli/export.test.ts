import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import { printable } from '../../cli/output';
import { closure, type Invocation } from '../support/cli';
import { savedOf, storageOf } from '../support/memory-storage';
import { CLOSURE_ID, statusWith } from '../support/observed-closures';

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
      client: { status: () => Promise.resolve(statusWith({ export: savedOf(recorded) })) },
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

  it('downloads names that a file system would not take as they are', async () => {
    const files = { a: '1', 'a/b': '2', [`${'n'.repeat(300)}.json`]: '3', '100%.csv': '4' };

    const { exitCode } = await exported(['--out', directory], files);

    expect(exitCode).toBe(0);
    await expect(readFile(path.join(directory, 'a/b'), 'utf8')).resolves.toBe('2');
    await expect(readFile(path.join(directory, '100%.csv'), 'utf8')).resolves.toBe('4');
    await expect(readdir(directory)).resolves.toHaveLength(4);
  });

  it('tells people until when a link is good', async () => {
    const { stdout } = await closure(['export', CLOSURE_ID, '--links'], {
      client: { status: () => Promise.resolve(statusWith({ export: savedOf({ 'a.json': '1' }) })) },
      storage: () => Promise.resolve(storageOf({ 'a.json': '1' })),
    });

    expect(stdout).toMatch(/^a\.json, until \d{4}-\d\d-\d\dT.*Z\n {2}https:/);
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

describe('an export that cannot be had', () => {
  const download = (changes: Parameters<typeof statusWith>[0]) =>
    closure(['export', CLOSURE_ID, '--out', '/nowhere', '--json'], {
      client: { status: () => Promise.resolve(statusWith(changes)) },
      storage: () => Promise.resolve(storageOf({})),
    });

  it.each([
    ['was declined', { export: { kind: 'declined', declinedAt: '2026-02-01T00:00:00.000Z' } }, 'no-export'],
    ['was withdrawn with the closure', { phase: 'withdrawn', export: savedOf({}) }, 'export-gone'],
    [
      'is past its time',
      { phase: 'closed', export: { ...savedOf({}), keptUntil: '2026-02-01T00:00:00.000Z' } },
      'export-gone',
    ],
  ] as const)('says so when it %s', async (_what, changes, code) => {
    const { exitCode, stdout } = await download(changes);

    expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
    expect(exitCode).toBe(3);
  });

  it('ends when the directory cannot be made', async () => {
    const { exitCode, stdout } = await closure(['export', CLOSURE_ID, '--out', '/proc/x/y', '--json'], {
      client: { status: () => Promise.resolve(statusWith({ export: savedOf({ a: '1' }) })) },
      storage: () => Promise.resolve(storageOf({ a: '1' })),
    });

    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'file-system' } });
    expect(exitCode).toBe(3);
  }, 10_000);
});

describe('text from outside', () => {
  it('cannot steer a terminal', () => {
    expect(printable('a\u001b[31m\u009b\u202e\r\nb')).toBe('a\\u001b[31m\\u009b\\u202e\\u000d\\u000ab');
  });
});
