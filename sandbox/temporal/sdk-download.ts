import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fillOnce } from '../fill-once';
import { startGuarded } from '../guarded-process';
import { packageRoot } from '../machine';
import { withProgress, type OnProgress } from '../progress';
import type { Attempt } from './ways';

/** A server that the SDK can download, and where we want it. */
export interface Download {
  readonly kind: 'dev-server' | 'time-skipping';
  /** A release, e.g. `v1.8.2`. */
  readonly version: string;
  /** The name that the SDK gives to the file. */
  readonly fileName: string;
  /** Where the executable shall be. */
  readonly target: string;
}

/** Asks the SDK to put the file into a folder; returns why there is none, or nothing. A test replaces it. */
export type AskSdk = (download: Download, folder: string) => Promise<string | undefined>;

// Without a network the answer comes at once, or (behind a firewall that swallows packets) never.
const BEGIN_WITHIN_MS = 15_000;
const FINISH_WITHIN_MS = 5 * 60_000;
const FORGET_FAILURE_AFTER_MS = 15 * 60_000;

/**
 * Gets a server by the SDK's own download, bounded in time. A failure is remembered for a quarter of an hour in a file beside the
 * target, so that the next start does not wait again; where no other way is left, `insist` waits all the same.
 */
export async function downloadWithSdk(
  download: Download,
  onProgress: OnProgress,
  ask: AskSdk = askSdk,
): Promise<Attempt<string>> {
  const longAgoMs = Date.now() - FORGET_FAILURE_AFTER_MS;
  const label = `Downloading ${path.basename(download.target)}`;
  const fetch: Fetch = (staging) => withProgress(label, onProgress, () => fill(download, staging, ask));
  // Also before the lock: whoever holds it may be building for minutes what could not be downloaded.
  if (!(await hasFailedSince(longAgoMs, download))) return await fetchUnlessFailedSince(longAgoMs, download, fetch);
  // Of several that insist at once, one waits for the network; the others take its answer.
  return { missing: FAILED_BEFORE, insist: () => fetchUnlessFailedSince(Date.now(), download, fetch) };
}

type Fetch = (staging: string) => Promise<void>;

const FAILED_BEFORE = 'failed a few minutes ago, not tried again yet';

class DownloadFailedError extends Error {}

async function fetchUnlessFailedSince(instantMs: number, download: Download, fetch: Fetch): Promise<Attempt<string>> {
  try {
    await fillOnce(download.target, async (staging) => {
      if (await hasFailedSince(instantMs, download)) throw new DownloadFailedError(FAILED_BEFORE);
      await fetch(staging);
    });
  } catch (error) {
    if (error instanceof DownloadFailedError) return { missing: error.message };
    throw error;
  }
  return { found: download.target };
}

async function fill(download: Download, staging: string, ask: AskSdk): Promise<void> {
  const folder = `${staging}.download`;
  await mkdir(folder);
  try {
    const failure = await ask(download, folder);
    if (failure !== undefined) {
      await writeFile(failureMark(download), failure);
      throw new DownloadFailedError(failure);
    }
    await rename(path.join(folder, download.fileName), staging);
    await rm(failureMark(download), { force: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hasFailedSince(instantMs: number, download: Download): Promise<boolean> {
  const mark = failureMark(download);
  return existsSync(mark) && (await stat(mark)).mtimeMs > instantMs;
}

function failureMark(download: Download): string {
  return `${download.target}.download-failed`;
}

async function askSdk(download: Download, folder: string): Promise<string | undefined> {
  const program = path.join(packageRoot(), 'sandbox', 'temporal', 'download.cjs');
  const command = [process.execPath, program, download.kind, download.version, folder];
  const running = startGuarded(command, { folder: packageRoot() });
  const startedAt = Date.now();
  while (!running.hasExited()) {
    await Promise.race([running.exited, pause(500)]);
    const elapsedMs = Date.now() - startedAt;
    const hasBegun = (await readdir(folder)).length > 0;
    if (elapsedMs > (hasBegun ? FINISH_WITHIN_MS : BEGIN_WITHIN_MS)) await running.stop();
  }
  if (existsSync(path.join(folder, download.fileName))) return undefined;
  return (await running.exited) === 0 ? 'the SDK stored it under another name' : 'no network, or no such release';
}
