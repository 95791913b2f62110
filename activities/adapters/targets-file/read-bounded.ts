import { open, stat } from 'node:fs/promises';

/** What is in a file, or why it is not read: the end of a sentence that begins with the file. */
export type BoundedText =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unreadable'; readonly reason: string };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EACCES: 'may not be read: give the user that this runs as the right to',
  EPERM: 'may not be read: give the user that this runs as the right to',
};

/** Reads a small text file. A pipe or device is not opened: it might never end. */
export async function readBounded(file: string, mostBytes: number): Promise<BoundedText> {
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) return unreadable('is a directory: name a file in it');
    if (!stats.isFile()) return unreadable('is no ordinary file');
    const bytes = await firstBytes(file, mostBytes + 1);
    if (bytes.length > mostBytes) return unreadable(`is larger than ${String(Math.floor(mostBytes / 1024))} KiB`);
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

/** More is not read: a file may grow, or say a wrong size. */
async function firstBytes(file: string, most: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(most);
    let length = 0;
    let bytesRead = -1;
    while (bytesRead !== 0 && length < most) {
      ({ bytesRead } = await handle.read(buffer, length, most - length, null));
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** By its code: what Node itself throws need not be an `Error` of this realm. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') throw error;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not text in UTF-8';
  return REASONS[code] ?? `cannot be read (${code})`;
}

function unreadable(reason: string): BoundedText {
  return { kind: 'unreadable', reason };
}
