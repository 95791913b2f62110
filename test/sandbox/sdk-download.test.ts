import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Machine } from '../../sandbox/machine';
import { cachedCli, findServer } from '../../sandbox/temporal/find-server';
import { findTestServer } from '../../sandbox/temporal/find-test-server';
import { downloadWithSdk, type AskSdk } from '../../sandbox/temporal/sdk-download';
import { program } from '../support/program';

let folder: string;
const listen = (): void => undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sdk-download-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("the SDK's download", () => {
  const aDownload = () => ({
    kind: 'dev-server' as const,
    version: 'v1',
    fileName: 'temporal-v1',
    target: path.join(folder, 'cache', 'temporal'),
  });
  const succeeds: AskSdk = async ({ fileName }, into) => {
    await program(path.join(into, fileName));
    return undefined;
  };
  const fails: AskSdk = () => Promise.resolve('no network');
  const mustNotBeAsked: AskSdk = () => Promise.reject(new Error('asked again'));

  it('ends in the cache, and nothing else stays there', async () => {
    const download = aDownload();

    await expect(downloadWithSdk(download, listen, succeeds)).resolves.toEqual({ found: download.target });
    await expect(readdir(path.dirname(download.target))).resolves.toEqual(['temporal']);
  });

  it('that failed is not tried again at the next start', async () => {
    await downloadWithSdk(aDownload(), listen, fails);

    const next = await downloadWithSdk(aDownload(), listen, mustNotBeAsked);

    expect(next).toMatchObject({ missing: 'failed a few minutes ago, not tried again yet' });
  });

  it('that failed is tried again when no other way is left', async () => {
    const download = aDownload();
    await downloadWithSdk(download, listen, fails);
    const sources = { download: () => downloadWithSdk(download, listen, succeeds), build: none };

    await expect(findServer(aMachine(), listen, sources)).resolves.toBe(download.target);
  });

  it('that failed is not waited for where the server can be built', async () => {
    const download = aDownload();
    await downloadWithSdk(download, listen, fails);
    const sources = {
      download: () => downloadWithSdk(download, listen, mustNotBeAsked),
      build: async (target: string) => ({ found: await program(target) }),
    };

    await expect(findServer(aMachine(), listen, sources)).resolves.toBe(cachedCli(aMachine()));
  });

  it('that fails again says the new reason', async () => {
    const download = aDownload();
    await downloadWithSdk(download, listen, fails);
    const sources = {
      fetch: none,
      download: () => downloadWithSdk(download, listen, () => Promise.resolve('no such release')),
    };

    await expect(findTestServer(aMachine(), listen, sources)).rejects.toThrow('download: no such release');
  });

  it('that succeeds forgets the failure before it', async () => {
    const download = aDownload();
    await downloadWithSdk(download, listen, fails);
    const sources = { download: () => downloadWithSdk(download, listen, succeeds), build: none };

    await findServer(aMachine(), listen, sources);

    await expect(readdir(path.dirname(download.target))).resolves.toEqual(['temporal']);
  });

  it('that failed is tried again after a quarter of an hour', async () => {
    const download = aDownload();
    await downloadWithSdk(download, listen, fails);
    const sixteenMinutesAgo = new Date(Date.now() - 16 * 60_000);
    await utimes(`${download.target}.download-failed`, sixteenMinutesAgo, sixteenMinutesAgo);

    await expect(downloadWithSdk(download, listen, succeeds)).resolves.toEqual({ found: download.target });
  });
});

const none = () => Promise.resolve({ missing: 'not installed' });

function aMachine(): Machine {
  return { platform: 'linux', arch: 'x64', home: folder, environment: { PATH: path.join(folder, 'bin') } };
}
