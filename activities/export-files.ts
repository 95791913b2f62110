import type { ExportStorage, StoredFile } from './ports/export-storage';

/** The files of a container in the order of their names; `undefined` when there is no such container. */
export async function filesIn(
  storage: ExportStorage,
  container: string,
  signal: AbortSignal,
): Promise<readonly StoredFile[] | undefined> {
  const containers = await storage.listContainers(container, signal);
  return containers.includes(container) ? await storage.listFiles(container, signal) : undefined;
}
