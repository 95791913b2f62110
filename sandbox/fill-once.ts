import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from './error-code';
import { isAlive } from './is-alive';

const POLL_MS = 500;
// Longer than any build takes: behind an older lock stands a process id that somebody else has by now.
const STALE_AFTER_MS = 30 * 60_000;

/**
 * Makes a file or folder of the cache unless it is there: filled beside its place and renamed when complete, so that nobody sees
 * half of it. Of several processes one fills and the others wait for it.
 */
export async function fillOnce(target: string, fill: (staging: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const lock = `${target}.lock`;
  while (!existsSync(target)) {
    if (await acquire(lock)) {
      await fillAndRename(target, fill).finally(() => rm(lock, { force: true }));
      return;
    }
    // Two who clear the same stale lock at the same moment may both fill: wasteful, and harmless thanks to the rename.
    if (await isStale(lock)) await rm(lock, { force: true });
    else await pause(POLL_MS);
  }
}

async function fillAndRename(target: string, fill: (staging: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const staging = `${target}.${randomUUID()}`;
  try {
    await fill(staging);
    await rename(staging, target);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // A folder cannot replace the one of somebody who was faster; theirs is as good.
    if (!existsSync(target)) throw error;
  }
}

async function acquire(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(lock, 'utf8'), stat(lock)]);
    if (Date.now() - mtimeMs > STALE_AFTER_MS) return true;
    // Empty: its owner is between creating and writing it.
    return owner !== '' && !isAlive(Number(owner));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
