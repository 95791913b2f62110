import { createHash } from 'node:crypto';
import path from 'node:path';

// Separators and names that other systems read as devices or streams, and everything that a terminal might obey; and a `%`
// that would be read as one of our own escapes.
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\\:*?"<>|]|%(?=[0-9a-f]{2}|~)/giu;
/** Of a name in a folder, in bytes: file systems take 255. Leaves room for a mark. */
const LONGEST_SEGMENT = 200;
/** Of a whole path, in bytes: systems take 1,024 to 4,096, and the directory comes before it. */
const LONGEST_PATH = 600;
/** 128 bits of SHA-256 behind `%~`, which nothing else is written as. */
const MARK_DIGITS = 32;

/**
 * Where each blob goes below a directory: its `/` make folders, whatever else could lead out of the directory or is no file
 * name somewhere is written as `%XX`, and what is too long is cut and marked with a hash. Different names never share a path
 * or need one's path as a folder, on file systems that ignore case neither: such names are marked as well.
 */
export function toSafePaths(blobNames: readonly string[]): readonly string[] {
  const paths = blobNames.map((name) => ({ name, segments: toSegments(name) }));
  const uses = new Map<string, number>();
  for (const { segments } of paths) {
    for (const place of placesOf(segments)) uses.set(place, (uses.get(place) ?? 0) + 1);
  }
  return paths.map(({ name, segments }) => {
    const isAlone = uses.get(placesOf(segments).at(-1) ?? '') === 1;
    return path.join(...(isAlone ? segments : marked(name, segments)));
  });
}

function toSegments(blobName: string): readonly string[] {
  const segments = blobName.split('/').map(toSegment);
  return bytesOf(segments.join('/')) <= LONGEST_PATH ? segments : marked(blobName, segments.slice(-1));
}

function toSegment(segment: string): string {
  // An empty segment, `.` and `..` mean something to a file system.
  if (segment === '') return '%~';
  const isDots = /^\.+$/.test(segment);
  const safe = segment.replace(isDots ? /\./g : UNSAFE, (character) => toPercent(character));
  return bytesOf(safe) <= LONGEST_SEGMENT ? safe : withMark(safe, segment);
}

/** The path with its last segment marked by the whole name. */
function marked(blobName: string, segments: readonly string[]): readonly string[] {
  return [...segments.slice(0, -1), withMark(segments.at(-1) ?? '', blobName)];
}

function withMark(text: string, source: string): string {
  const mark = createHash('sha256').update(source).digest('hex').slice(0, MARK_DIGITS);
  return `${cut(text, LONGEST_SEGMENT)}%~${mark}`;
}

/** The path and every folder on the way to it, as a file system that ignores case tells them apart. */
function placesOf(segments: readonly string[]): readonly string[] {
  return segments.map((_segment, index) => folded(segments.slice(0, index + 1).join('/')));
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}

/** Between two characters: what is left of half a one is dropped. */
function cut(text: string, bytes: number): string {
  return Buffer.from(text)
    .subarray(0, bytes)
    .toString()
    .replace(/\ufffd+$/u, '');
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function toPercent(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
