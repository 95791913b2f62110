import type { ExportStorage, StoredFile } from '../activities/ports/export-storage';
import { PortFault } from '../activities/ports/faults';
import type { ObservedClosure } from '../client/read-status';
import type { ExportedFile, ExportManifest } from '../workflows/contract/status';
import { CliError } from './cli-error';
import type { CliDependencies } from './dependencies';

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
  const storage = await deps.storage();
  if (storage === undefined || status.export === undefined) return status;
  try {
    const files = await nameFiles(storage, status.export, deps.signal);
    return { ...status, export: { ...status.export, files } };
  } catch (error) {
    if (!(error instanceof PortFault || error instanceof CliError)) throw error;
    deps.err(`closure: the names of the exported files are left out: ${error.message}\n`);
    return status;
  }
}

/**
 * The storage and the recorded export of a closure.
 * @throws CliError `no-export`, `wrong-usage` without storage credentials
 */
export async function openExport(
  deps: CliDependencies,
  id: string,
): Promise<{ readonly storage: ExportStorage; readonly manifest: ExportManifest }> {
  const storage = await deps.storage();
  if (storage === undefined) {
    throw new CliError('invalid-configuration', 'AZURE_STORAGE_CONNECTION_STRING says where exports are: set it.');
  }
  const { export: manifest, phase } = await deps.client().status(id);
  if (manifest !== undefined) return { storage, manifest };
  throw new CliError('no-export', `The closure has no export: its phase is ${phase}.`);
}

function isSameExport(recorded: readonly ExportedFile[], stored: readonly StoredFile[]): boolean {
  return (
    recorded.length === stored.length &&
    recorded.every(({ sizeBytes }, index) => sizeBytes === stored[index]?.sizeBytes)
  );
}
