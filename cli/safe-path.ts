import path from 'node:path';

// Separators and names that other systems read as devices or streams, and everything that a terminal might obey.
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\\:*?"<>|%]/gu;

/**
 * Where a blob goes below a directory: its `/` make folders, whatever else could lead out of the directory or is no file
 * name somewhere is written as `%XX`. Different names never give the same relative path.
 */
export function toSafePath(blobName: string): string {
  return path.join(...blobName.split('/').map(toSafeSegment));
}

function toSafeSegment(segment: string): string {
  // An empty segment, `.` and `..` mean something to a file system.
  if (segment === '') return '%';
  if (/^\.+$/.test(segment)) return segment.replaceAll('.', '%2E');
  return segment.replace(UNSAFE, (character) => toPercent(character));
}

function toPercent(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
