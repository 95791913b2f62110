import { createHash } from 'node:crypto';
import type { ExportStorage } from '../../activities/ports/export-storage';
import { Sensitive } from '../../activities/ports/sensitive';
import type { ExportManifest, ExportStatus } from '../../workflows/contract/export';

const unasked = (): Promise<never> => Promise.reject(new Error('reading needs no such call'));

/** A storage for reading, with these files in one container. */
export function storageOf(files: Readonly<Record<string, string>>): ExportStorage {
  const names = Object.keys(files).sort();
  return {
    createContainer: unasked,
    grantWriting: unasked,
    revokeWriting: unasked,
    readRequestInfo: unasked,
    listContainers: unasked,
    check: unasked,
    deleteContainer: unasked,
    listFiles: () =>
      Promise.resolve(
        names.map((name) => ({
          name,
          sizeBytes: Buffer.byteLength(files[name] ?? ''),
          etag: etagOf(files[name] ?? ''),
        })),
      ),
    readFile: (_container, name) => Promise.resolve(piecesOf(files[name] ?? '')),
    linkToFile: (_container, name) => Promise.resolve(new Sensitive(`https://storage.example/${name}?sig=1`)),
  };
}

/** A saved export of these files, as a status shows it. */
export function savedOf(files: Readonly<Record<string, string>>): Extract<ExportStatus, { readonly kind: 'saved' }> {
  return { kind: 'saved', ...manifestOf(files) };
}

/** What a closure recorded of these files. */
export function manifestOf(files: Readonly<Record<string, string>>): ExportManifest {
  const names = Object.keys(files).sort();
  return {
    container: 'export-1',
    files: names.map((name) => {
      const content = files[name] ?? '';
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { sizeBytes: Buffer.byteLength(content), sha256, etag: etagOf(content) };
    }),
  };
}

function etagOf(content: string): string {
  return `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`;
}

async function* piecesOf(content: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  const middle = Math.floor(bytes.length / 2);
  for (const piece of [bytes.subarray(0, middle), bytes.subarray(middle)]) yield await Promise.resolve(piece);
}
