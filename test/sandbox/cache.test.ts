import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import { fillOnce } from '../../sandbox/fill-once';
import { cacheFolder } from '../../sandbox/machine';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cache-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('filling a place in the cache', () => {
  it('is done by one of many who want it', async () => {
    const target = path.join(folder, 'cache', 'thing');
    let fills = 0;
    const fill = async (staging: string): Promise<void> => {
      fills += 1;
      await writeFile(staging, 'complete');
    };

    await Promise.all([fillOnce(target, fill), fillOnce(target, fill), fillOnce(target, fill)]);

    expect(fills).toBe(1);
    await expect(readdir(path.dirname(target))).resolves.toEqual(['thing']);
  });

  it('leaves nothing behind when it fails, and the next one tries again', async () => {
    const target = path.join(folder, 'thing');
    const failing = fillOnce(target, async (staging) => {
      await writeFile(staging, 'half');
      throw new Error('disk full');
    });

    await expect(failing).rejects.toThrow('disk full');
    await expect(readdir(folder)).resolves.toEqual([]);
    await fillOnce(target, (staging) => writeFile(staging, 'complete'));
    expect(existsSync(target)).toBe(true);
  });

  it('does not wait for a process that is gone', async () => {
    const target = path.join(folder, 'thing');
    const noProcess = 2 ** 30;
    await writeFile(`${target}.lock`, String(noProcess));

    await fillOnce(target, (staging) => writeFile(staging, 'complete'));

    expect(existsSync(target)).toBe(true);
  });
});

describe('the cache folder', () => {
  it.each([
    ['linux', {}, '/home/ada/.cache/account-closure'],
    ['linux', { XDG_CACHE_HOME: '/caches' }, '/caches/account-closure'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ada/.cache/account-closure'],
    ['darwin', { XDG_CACHE_HOME: '/caches' }, '/home/ada/Library/Caches/account-closure'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/account-closure'],
  ] as const)('is where %s keeps caches, with %j', (platform, environment, expected) => {
    expect(cacheFolder({ platform, arch: 'x64', home: '/home/ada', environment })).toBe(expected);
  });
});
