import type { ExportManifest } from '../workflows/contract/export';
import { filesIn } from './export-files';
import type { Implementation } from './implementation';
import type { ExportStorage, StoredFile } from './ports/export-storage';

/** Compares what is in storage with the manifest; no content is read, because an ETag changes with it. */
export function createCheckExport(storage: ExportStorage): Implementation<'checkExport'> {
  return async ({ manifest }, { attempt }) => {
    const stored = await filesIn(storage, manifest.container, attempt.signal);
    return { isThere: stored !== undefined && isAsListed(stored, manifest) };
  };
}

function isAsListed(stored: readonly StoredFile[], { files }: ExportManifest): boolean {
  return (
    stored.length === files.length &&
    files.every(({ sizeBytes, etag }, place) => stored[place]?.sizeBytes === sizeBytes && stored[place].etag === etag)
  );
}
