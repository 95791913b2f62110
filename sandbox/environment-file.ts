import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './error-code';
import { isAlive } from './is-alive';
import { packageRoot } from './machine';

/** The environment of a stack, where a shell can read it. */
export interface EnvironmentFile {
  /** As a shell in the package's folder names it, e.g. `./.closure/env`. */
  readonly path: string;
  /** Removes the file: what it leads to is gone. */
  readonly remove: () => Promise<void>;
}

const FOLDER = '.closure';

/**
 * Writes the environment where a shell can read it (`set -a; . FILE; set +a`), for the command line. The file is this process's
 * own: beside a stack that runs already it gets another name, and what a killed one left behind is replaced.
 * @param root the folder to name it from; the package's own unless a test says otherwise
 */
export async function writeEnvironmentFile(
  environment: Readonly<Record<string, string>>,
  root = packageRoot(),
): Promise<EnvironmentFile> {
  await mkdir(path.join(root, FOLDER), { recursive: true });
  const lines = Object.entries(environment).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
  const text = [`${OWNER}${String(process.pid)}: gone when it ends`, ...lines, ''].join('\n');
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? 'env' : `env-${String(number)}`;
    const file = path.join(root, FOLDER, name);
    if (await claim(file, text)) return { path: `./${FOLDER}/${name}`, remove: () => rm(file, { force: true }) };
  }
}

const OWNER = '# Of process ';

async function claim(file: string, text: string): Promise<boolean> {
  if (await isLeftBehind(file)) await rm(file, { force: true });
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isLeftBehind(file: string): Promise<boolean> {
  try {
    const [owner = ''] = (await readFile(file, 'utf8')).split('\n', 1);
    // Empty: its owner is between creating and writing it.
    return owner !== '' && !(owner.startsWith(OWNER) && isAlive(Number.parseInt(owner.slice(OWNER.length), 10)));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
