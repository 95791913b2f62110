import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { packageRoot } from '../../sandbox/machine';
import { closure } from '../support/cli';

const readme = readFileSync(path.join(packageRoot(), 'README.md'), 'utf8');
const { packages: locked } = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({ hasInstallScript: z.boolean().default(false), os: z.array(z.string()).optional() }),
    ),
  })
  .parse(JSON.parse(readFileSync(path.join(packageRoot(), 'package-lock.json'), 'utf8')));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')));

/** npm's own words, and the scripts that it runs without `run`. */
const NPM_WORDS = ['ci', 'install', 'i', 'pack'];

/** The first word behind every occurrence of the command. */
function wordsBehind(command: RegExp): readonly string[] {
  return [...new Set([...readme.matchAll(command)].map(([, word = '']) => word))];
}

describe('The README', () => {
  it('names only scripts that there are', () => {
    const named = [...wordsBehind(/npm run ([\w:-]+)/g), ...wordsBehind(/npm (?!run\b)([a-z]+)/g)];
    const unknown = named.filter((word) => scripts[word] === undefined && !NPM_WORDS.includes(word));

    expect(named).toEqual(expect.arrayContaining(['demo', 'start', 'test']));
    expect(unknown).toEqual([]);
  });

  it('names only commands of `closure` that there are', async () => {
    const named = wordsBehind(/npx closure ([a-z][\w-]*)/g);
    const answers = await Promise.all(named.map((command) => closure([command, '--help'])));

    expect(named).not.toEqual([]);
    expect(named.filter((_command, index) => answers[index]?.exitCode !== 0)).toEqual([]);
  });

  it('names the packages that have install scripts', () => {
    const withScript = Object.entries(locked).flatMap(([place, { hasInstallScript, os }]) =>
      // Not what is for one other system alone.
      hasInstallScript && os === undefined ? [place.split('node_modules/').at(-1) ?? place] : [],
    );

    expect(withScript).not.toEqual([]);
    expect(withScript.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('is no longer than a reader has patience for', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(151);
  });

  it('links only to files that there are', () => {
    const links = wordsBehind(/\]\((?!https?:|#)([^)#\s]+)/g);

    expect(links.filter((link) => !exists(link))).toEqual([]);
  });
});

function exists(link: string): boolean {
  try {
    readFileSync(path.join(packageRoot(), link));
    return true;
  } catch (error) {
    // A folder can be linked to as well.
    return error instanceof Error && 'code' in error && error.code === 'EISDIR';
  }
}
