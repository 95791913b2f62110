import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { AwaitExportInput, ClosureActivities } from '../workflows/contract/activities';
import type { ExportedFile, ExportManifest } from '../workflows/contract/status';
import { ageMs, attemptSignal, remainingOverallMs } from './attempt';
import { NotYetError } from './not-yet';
import type { Directory } from './ports/directory';
import type { ExportStorage, StoredFile } from './ports/export-storage';
import { StepNeedsOperatorError } from './step-errors';

const MINUTE_MS = 60_000;
/** Reads of the directory lag up to so long. */
const KNOWN_AFTER_MS = 10 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The last look is taken this long before the deadline: a retry that would come later is not made at all. */
const LAST_LOOK_MS = 2_000;
/** A manifest of this many files is still well below what one payload may hold. */
const MOST_FILES = 5_000;

interface Dependencies {
  readonly directory: Directory;
  readonly storage: ExportStorage;
}

/**
 * Takes one look at the export. While it runs the attempt ends at once and says when to look again: after what the directory
 * asks for, growing to an hour. When it is complete, writing is revoked and every file is read back with our own
 * credentials for its size and SHA-256; a long inventory goes on after an interruption where it was.
 */
export function createAwaitExport({ directory, storage }: Dependencies): ClosureActivities['awaitExport'] {
  return async (input) => {
    const signal = attemptSignal();
    const { progress, retryAfterMs } = await directory.exportProgress(input.account, input.operationId, signal);
    switch (progress) {
      case 'complete':
        return await takeInventory(storage, input, signal);
      case 'running':
        throw new NotYetError('ExportRunning', nextLookInMs(retryAfterMs ?? MINUTE_MS));
      case 'failed':
        throw new StepNeedsOperatorError(
          'ExportFailed',
          'The directory says that the export failed: a retry asks for a new one.',
        );
      case 'unknown':
        // An operation that was just queued may not be known everywhere yet.
        if (ageMs() < KNOWN_AFTER_MS) throw new NotYetError('ExportRunning', nextLookInMs(retryAfterMs ?? MINUTE_MS));
        throw new StepNeedsOperatorError(
          'ExportFailed',
          'The directory no longer knows the export: a retry asks for a new one.',
        );
    }
  };
}

function nextLookInMs(atFirstMs: number): number {
  const grown = Math.round(atFirstMs * 1.5 ** Math.min(Context.current().info.attempt - 1, 30));
  const growing = Math.min(grown, HOUR_MS);
  const remaining = remainingOverallMs();
  return remaining > LAST_LOOK_MS ? Math.min(growing, remaining - LAST_LOOK_MS / 2) : growing;
}

async function takeInventory(
  storage: ExportStorage,
  { container }: AwaitExportInput,
  signal: AbortSignal,
): Promise<ExportManifest> {
  await storage.revokeWriting(container, signal);
  const stored = await storage.listFiles(container, signal);
  if (stored.length > MOST_FILES) {
    throw new StepNeedsOperatorError('ExportTooLarge', `The export has more than ${String(MOST_FILES)} files.`);
  }
  const files = [...doneBefore()].slice(0, stored.length);
  for (const file of stored.slice(files.length)) {
    files.push(await measure(storage, { container, file, done: files }, signal));
    Context.current().heartbeat(files);
  }
  return { files, container };
}

async function measure(
  storage: ExportStorage,
  {
    container,
    file,
    done,
  }: { readonly container: string; readonly file: StoredFile; readonly done: readonly ExportedFile[] },
  signal: AbortSignal,
): Promise<ExportedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of await storage.readFile(container, file.name, signal)) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
    Context.current().heartbeat(done);
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** The files that an interrupted attempt had measured: the container cannot be written any more, so they still hold. */
function doneBefore(): readonly ExportedFile[] {
  const details: unknown = Context.current().info.heartbeatDetails;
  const parsed = z.array(z.object({ sizeBytes: z.number(), sha256: z.string() })).safeParse(details);
  return parsed.success ? parsed.data : [];
}
