import { createHash, randomUUID } from 'node:crypto';
import { link, lstat, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ExportStorage } from '../activities/ports/export-storage';
import { CliError } from './cli-error';
import { isErrorCode } from './error-code';
import type { NamedFile } from './export-files';
import { toSafePaths } from './safe-path';

/** From where and where to. */
export interface Download {
  readonly storage: ExportStorage;
  readonly container: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Told after every piece how many bytes there are in all. */
  readonly onProgress: (receivedBytes: number) => void;
}

/** One downloaded and checked file. */
export interface DownloadedFile extends NamedFile {
  /** Below the directory. */
  readonly path: string;
}

/**
 * Downloads every file of an export and checks its size and SHA-256 on the way. A file appears under its name only when
 * it is whole and right; a file that is there already is never touched.
 * @throws CliError `file-exists` (before anything is loaded, where it can be known), `hash-mismatch`
 */
export async function downloadFiles(
  download: Download,
  files: readonly NamedFile[],
): Promise<readonly DownloadedFile[]> {
  await makeDirectory(path.resolve(download.directory));
  const paths = toSafePaths(files.map(({ name }) => name));
  const planned = files.map((file, index) => ({ ...file, path: paths[index] ?? '' }));
  for (const file of planned) await assertFree(path.join(download.directory, file.path));
  let before = 0;
  for (const file of planned) {
    await downloadFile(download, file, before);
    before += file.sizeBytes;
  }
  return planned;
}

async function downloadFile(download: Download, file: DownloadedFile, before: number): Promise<void> {
  const target = path.join(download.directory, file.path);
  const folder = path.dirname(file.path);
  if (folder !== '.') await makeFolders(download.directory, folder);
  const partial = path.join(path.dirname(target), `.${randomUUID()}.part`);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await copyChecked(download, file, { handle, before });
    await publish(partial, target);
  } finally {
    await handle.close();
    await rm(partial, { force: true });
  }
}

async function copyChecked(
  { storage, container, signal, onProgress }: Download,
  { name, sizeBytes, sha256 }: DownloadedFile,
  { handle, before }: { readonly handle: FileHandle; readonly before: number },
): Promise<void> {
  const hash = createHash('sha256');
  let received = 0;
  for await (const piece of await storage.readFile(container, name, signal)) {
    received += piece.length;
    if (received > sizeBytes) break;
    hash.update(piece);
    await handle.writeFile(piece);
    onProgress(before + received);
  }
  if (received === sizeBytes && hash.digest('hex') === sha256) {
    await handle.sync();
    return;
  }
  throw new CliError('hash-mismatch', 'A stored file is not what the closure recorded; nothing of it was kept.');
}

/** Gives the file its name in one step that fails when the name is taken: renaming would overwrite. */
async function publish(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target);
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) throw fileExists();
    throw error;
  }
}

async function assertFree(target: string): Promise<void> {
  try {
    await lstat(target);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT') || isErrorCode(error, 'ENOTDIR')) return;
    throw error;
  }
  throw fileExists();
}

/**
 * Makes the directory and those above it. Not by `recursive`: where a folder above exists and takes none (`/proc`), Node tries
 * without end.
 */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return;
    const parent = path.dirname(directory);
    if (!isErrorCode(error, 'ENOENT') || parent === directory || (await isThere(parent))) throw error;
    await makeDirectory(parent);
    await mkdir(directory, { mode: 0o700 });
  }
}

async function isThere(place: string): Promise<boolean> {
  try {
    await lstat(place);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Folder by folder: a link among them could lead out of the directory. */
async function makeFolders(directory: string, relativeFolder: string): Promise<void> {
  let folder = directory;
  for (const name of relativeFolder.split(path.sep)) {
    folder = path.join(folder, name);
    await makeFolder(folder);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!isErrorCode(error, 'EEXIST')) throw error;
    if (!(await lstat(folder)).isDirectory()) throw fileExists();
  }
}

function fileExists(): CliError {
  return new CliError('file-exists', 'A file of the same name is in the directory already: choose an empty directory.');
}
