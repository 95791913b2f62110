import type { ExportStorage, StoredFile } from '../activities/ports/export-storage';
import { PortFault } from '../activities/ports/faults';
import type { ObservedClosure } from '../client/observed-closure';
import type { ExportedFile, ExportManifest } from '../workflows/contract/export';
import { CliError } from './cli-error';
import type { CliDependencies } from './dependencies';
import { isExportThere } from './status-text';

/** An exported file with its name, which only storage has. */
export interface NamedFile extends ExportedFile {
  readonly name: string;
}

/**
 * The recorded files with the names that storage has for them: both are in the order of the names.
 * @throws CliError `export-differs` when what is stored is not what was recorded
 */
export async function nameFiles(
  storage: ExportStorage,
  manifest: ExportManifest,
  signal: AbortSignal,
): Promise<readonly NamedFile[]> {
  const stored = await storage.listFiles(manifest.container, signal);
  if (!isSameExport(manifest.files, stored)) {
    throw new CliError('export-differs', 'What is in storage is not what the closure recorded.');
  }
  return manifest.files.map((file, index) => ({ name: stored[index]?.name ?? '', ...file }));
}

/** The status with the names of its exported files; as it is when storage cannot or may not be read. */
export async function withFileNames(deps: CliDependencies, status: ObservedClosure): Promise<ObservedClosure> {
  const { export: exported } = status;
  if (exported?.kind !== 'saved' || !isExportThere(status, exported, new Date())) return status;
  const storage = await deps.storage();
  if (storage === undefined) return status;
  try {
    const files = await nameFiles(storage, exported, deps.signal);
    return { ...status, export: { ...exported, files } };
  } catch (error) {
    if (!(error instanceof PortFault || error instanceof CliError)) throw error;
    deps.err(`closure: the names of the exported files are left out: ${error.message}\n`);
    return status;
  }
}

/**
 * The storage and the recorded export of a closure.
 * @throws CliError `no-export`, `export-gone`, `invalid-configuration` without storage credentials
 */
export async function openExport(
  deps: CliDependencies,
  id: string,
): Promise<{ readonly storage: ExportStorage; readonly manifest: ExportManifest }> {
  const storage = await deps.storage();
  if (storage === undefined) {
    throw new CliError('invalid-configuration', 'AZURE_STORAGE_CONNECTION_STRING says where exports are: set it.');
  }
  const status = await deps.client().status(id, { signal: deps.signal });
  const { export: exported, phase } = status;
  if (exported === undefined) throw new CliError('no-export', `The closure has no export: its phase is ${phase}.`);
  if (exported.kind === 'declined') throw new CliError('no-export', 'The person goes on without an export.');
  if (exported.kind === 'saved' && isExportThere(status, exported, new Date())) return { storage, manifest: exported };
  throw new CliError(
    'export-gone',
    'The export was deleted: its retention is over, or the closure ended without erasure.',
  );
}

function isSameExport(recorded: readonly ExportedFile[], stored: readonly StoredFile[]): boolean {
  return (
    recorded.length === stored.length &&
    recorded.every(({ sizeBytes }, index) => sizeBytes === stored[index]?.sizeBytes)
  );
}
