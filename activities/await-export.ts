import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { AwaitedExport, AwaitExportInput } from '../workflows/contract/activities';
import type { ExportedFile } from '../workflows/contract/export';
import type { Attempt } from './attempt';
import { filesIn } from './export-files';
import type { Implementation } from './implementation';
import type { Directory, ExportLook } from './ports/directory';
import type { ExportStorage, StoredFile } from './ports/export-storage';
import { NotYetError, StepNeedsOperatorError } from './ports/step-faults';
import type { Turns } from './ports/turns';
import { believe } from './sightings';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A manifest of this many files is still well below what one payload may hold. */
const MOST_FILES = 5_000;
/** The question that every look answers. */
const EXPORT = 'export';

interface Dependencies {
  readonly directory: Directory;
  readonly storage: ExportStorage;
  readonly turns: Turns;
}

/**
 * Takes one look at the export. While it runs the attempt ends at once and says when to look again: after what the directory
 * asks for, growing to an hour, the last time at the deadline. When it is complete, writing is revoked and every file is read
 * back with our own credentials for its size and SHA-256; a long inventory goes on after an interruption where it was, and has
 * what the Activity has left behind the deadline.
 */
export function createAwaitExport({ directory, storage, turns }: Dependencies): Implementation<'awaitExport'> {
  return async (input, { attempt }) => {
    const { signal } = attempt;
    // A run that was reset: the account may be gone, and the export may have been kept for its time and deleted by us.
    if ((await turns.last(input, signal))?.kind === 'erase') return await takeInventory(storage, input, attempt);

    const look = await directory.exportProgress(input.account, input.operationId, signal);
    switch (look.progress) {
      case 'complete':
        return await takeInventory(storage, input, attempt);
      case 'running':
        attempt.sighted(EXPORT, 'running');
        throw tooEarlyOrOverdue(input, look, attempt);
      case 'failed':
        throw new StepNeedsOperatorError('ExportFailed');
      case 'unknown':
        // An operation that was just queued, or is asked of another replica, may not be known there.
        believe(attempt, EXPORT, 'unknown');
        throw new StepNeedsOperatorError('ExportFailed');
    }
  };
}

function tooEarlyOrOverdue(
  { exportDeadlineMs }: AwaitExportInput,
  { retryAfterMs = MINUTE_MS }: ExportLook,
  { ageMs }: Attempt,
): Error {
  const leftMs = exportDeadlineMs - ageMs();
  if (leftMs <= 0) return new StepNeedsOperatorError('ExportOverdue');
  const growing = Math.min(retryAfterMs * 1.5 ** Math.min(Context.current().info.attempt - 1, 30), HOUR_MS);
  return new NotYetError('ExportRunning', Math.ceil(Math.min(growing, leftMs)));
}

async function takeInventory(
  storage: ExportStorage,
  { container }: AwaitExportInput,
  attempt: Attempt,
): Promise<AwaitedExport> {
  const { signal } = attempt;
  await storage.revokeWriting(container, signal);
  const stored = await filesIn(storage, container, signal);
  if (stored === undefined) return { kind: 'lost' };
  if (stored.length > MOST_FILES) throw new StepNeedsOperatorError('ExportTooLarge');
  const files = doneBefore(attempt.keptWork, stored);
  for (const file of stored.slice(files.length)) {
    files.push(await measure(storage, { container, file }, signal));
    attempt.keepWork(files);
  }
  return { kind: 'saved', files, container };
}

async function measure(
  storage: ExportStorage,
  { container, file }: { readonly container: string; readonly file: StoredFile },
  signal: AbortSignal,
): Promise<ExportedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of await storage.readFile(container, file.name, signal)) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { sizeBytes, sha256: hash.digest('hex'), etag: file.etag };
}

const Measured = z.array(z.object({ sizeBytes: z.number(), sha256: z.string(), etag: z.string() }));

/** The files at the beginning of the list that an interrupted attempt had measured, as far as they are still the same. */
function doneBefore(work: unknown, stored: readonly StoredFile[]): ExportedFile[] {
  const measured = Measured.safeParse(work).data ?? [];
  const firstOther = measured.findIndex(({ etag }, place) => stored[place]?.etag !== etag);
  return firstOther === -1 ? measured : measured.slice(0, firstOther);
}
