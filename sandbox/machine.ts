import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** What the embedded stack wants to know of the machine that it runs on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Processor architecture as Node names it, e.g. `x64`. */
  readonly arch: string;
  /** The user's home folder. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The machine and the environment of this process. */
export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, home: homedir(), environment: process.env };
}

/** Our folder among the user's caches, where the platform keeps them. It may not exist yet. */
export function cacheFolder(machine: Machine): string {
  return path.join(userCaches(machine), 'account-closure');
}

/** Full path of an executable that the shell would find by this name; undefined when there is none. */
export function findOnPath(name: string, machine: Machine): string | undefined {
  const file = executableName(name, machine);
  return (machine.environment['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, file))
    .find(isExecutable);
}

/** The file name of a program: Windows wants its extension. */
export function executableName(name: string, machine: Machine): string {
  return machine.platform === 'win32' ? `${name}.exe` : name;
}

/** Whether there is a file here that may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The folder of our package.json, seen from the sources as well as from the compiled program. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

function userCaches({ platform, home, environment }: Machine): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches');
  if (platform === 'win32') return environment['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
  const chosen = environment['XDG_CACHE_HOME'];
  // The XDG Base Directory Specification: a relative path is to be ignored.
  return chosen !== undefined && path.isAbsolute(chosen) ? chosen : path.join(home, '.cache');
}
