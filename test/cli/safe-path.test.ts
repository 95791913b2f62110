import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toSafePaths } from '../../cli/safe-path';

describe('the paths of exported files', () => {
  const pathOf = (name: string): string => toSafePaths([name])[0] ?? '';
  const letters = fc.string({
    minLength: 1,
    maxLength: 8,
    unit: fc.constantFrom('a', 'A', '/', '.', '\\', '%', '~', '\u0000', ':', 'é', 'e\u0301', '2', 'E'),
  });
  const long = fc.tuple(letters, fc.integer({ min: 100, max: 400 })).map(([text, times]) => text.repeat(times));
  const names = fc.uniqueArray(fc.oneof({ weight: 5, arbitrary: letters }, { weight: 1, arbitrary: long }), {
    minLength: 1,
    maxLength: 12,
  });
  /** As a file system that ignores case and the form of accents sees it. */
  const folded = (text: string): string => text.normalize('NFC').toUpperCase();

  it('are always inside the directory, and short enough for every file system', () => {
    fc.assert(
      fc.property(names, (all) => {
        for (const safe of toSafePaths(all)) {
          const relative = path.relative('/out', path.resolve('/out', safe));
          expect(relative).toBe(safe);
          expect(relative.split(path.sep)).not.toContain('..');
          expect(Math.max(...relative.split(path.sep).map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(255);
          expect(Buffer.byteLength(relative)).toBeLessThanOrEqual(1_024);
        }
      }),
    );
  });

  it('are different for different names, and none is a folder of another', () => {
    fc.assert(
      fc.property(names, (all) => {
        const paths = toSafePaths(all).map(folded);
        const folders = new Set(paths.flatMap((safe) => foldersOf(safe)));
        expect(new Set(paths).size).toBe(all.length);
        expect(paths.filter((safe) => folders.has(safe))).toEqual([]);
      }),
    );
  });

  it('are different for different names of different exports, too', () => {
    fc.assert(
      fc.property(letters, letters, (one, other) => {
        expect(pathOf(one) === pathOf(other)).toBe(one === other);
      }),
    );
  });

  it.each([
    ['100%.csv', '100%.csv'],
    ['50%25', '50%2525'],
    ['a%2Fb', 'a%252Fb'],
    ['Logs/2026/a b.json', 'Logs/2026/a b.json'],
    ['con:x', 'con%3Ax'],
    ['..', '%2E%2E'],
  ])('keep what is harmless: %s becomes %s', (name, expected) => {
    expect(pathOf(name)).toBe(expected);
  });

  it('shorten a name whose escapes alone make it too long', () => {
    expect(pathOf('.'.repeat(100))).toMatch(/^(%2E){66}%2%~[0-9a-f]{32}$/);
  });

  it('let a file stand beside what is in a folder of its name', () => {
    expect(toSafePaths(['a', 'a/b'])).toEqual([expect.stringMatching(/^a%~[0-9a-f]{32}$/), 'a/b']);
  });
});

function foldersOf(safe: string): readonly string[] {
  const parts = safe.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}
