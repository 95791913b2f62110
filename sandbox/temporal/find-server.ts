import path from 'node:path';
import { fillOnce } from '../fill-once';
import { CommandFailedError, runGuarded } from '../guarded-process';
import { cacheFolder, executableName, findOnPath, isExecutable, packageRoot, type Machine } from '../machine';
import { withProgress, type OnProgress } from '../progress';
import { downloadWithSdk } from './sdk-download';
import { firstFound, ServerNotFoundError, type Attempt, type Way } from './ways';

/** Release of the Temporal CLI that is downloaded or built; the same as in `server/go.mod`. */
export const TEMPORAL_CLI_VERSION = '1.8.2';

/** The costly ways of getting the CLI to a place in the cache; a test replaces them. */
export interface CliSources {
  readonly download: (target: string) => Promise<Attempt<string>>;
  readonly build: (target: string) => Promise<Attempt<string>>;
}

const GO_VERSION = '1.26.4';
const BUILD_WITHIN_MS = 30 * 60_000;

const WAYS_OUT = [
  'install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on the PATH',
  'set TEMPORAL_CLI_PATH to the Temporal CLI',
  `install Go ${GO_VERSION} or newer: the CLI is then built from source, once, in about five minutes`,
];

/**
 * Path of the Temporal CLI, which contains the development server: as given by `TEMPORAL_CLI_PATH`, on the PATH, from our
 * cache, downloaded by the SDK, or built with Go.
 * @throws ServerNotFoundError when there is none by any way, or the given path is no executable.
 */
export async function findServer(
  machine: Machine,
  onProgress: OnProgress,
  sources: CliSources = cliSources(machine, onProgress),
): Promise<string> {
  const target = cachedCli(machine);
  const ways: readonly Way<string>[] = [
    { name: 'TEMPORAL_CLI_PATH', look: () => Promise.resolve(givenExecutable('TEMPORAL_CLI_PATH', machine)) },
    { name: 'PATH', look: () => Promise.resolve(foundOr(findOnPath('temporal', machine), 'no `temporal` there')) },
    {
      name: 'cache',
      look: () => Promise.resolve(foundOr(isExecutable(target) ? target : undefined, `${target} is not there`)),
    },
    { name: 'download', look: () => sources.download(target) },
    { name: 'build', look: () => sources.build(target) },
  ];
  return firstFound('Temporal CLI', ways, WAYS_OUT);
}

/** Where the cache keeps the CLI. */
export function cachedCli(machine: Machine): string {
  const name = `temporal-${TEMPORAL_CLI_VERSION}-${machine.platform}-${machine.arch}`;
  return path.join(cacheFolder(machine), executableName(name, machine));
}

/**
 * The executable that an environment variable names.
 * @throws ServerNotFoundError when it names something else: to go on with another server would be a surprise.
 */
export function givenExecutable(variable: string, machine: Machine): Attempt<string> {
  const given = machine.environment[variable];
  if (given === undefined || given === '') return { missing: 'not set' };
  if (!isExecutable(given)) throw new ServerNotFoundError(`${variable} is "${given}", which is no executable file.`);
  return { found: path.resolve(given) };
}

function cliSources(machine: Machine, onProgress: OnProgress): CliSources {
  const version = `v${TEMPORAL_CLI_VERSION}`;
  const fileName = executableName(`temporal-${version}`, machine);
  return {
    download: (target) => downloadWithSdk({ kind: 'dev-server', version, fileName, target }, onProgress),
    build: (target) => buildWithGo(target, machine, onProgress),
  };
}

/** Builds the CLI with Go at the given place, once; who comes meanwhile waits for the same build. */
export async function buildWithGo(target: string, machine: Machine, onProgress: OnProgress): Promise<Attempt<string>> {
  const go = findOnPath('go', machine);
  if (go === undefined) return { missing: 'Go is not installed' };
  const label = 'Building the Temporal CLI from source, about five minutes, only once';
  const build = (staging: string): Promise<void> =>
    runGuarded([go, 'build', '-ldflags', linkerFlags(), '-o', staging, 'github.com/temporalio/cli/cmd/temporal'], {
      folder: path.join(packageRoot(), 'sandbox', 'temporal', 'server'),
      environment: { CGO_ENABLED: '0' },
      timeoutMs: BUILD_WITHIN_MS,
    });
  try {
    await withProgress(label, onProgress, () => fillOnce(target, build));
  } catch (error) {
    if (error instanceof CommandFailedError) return { missing: error.message };
    throw error;
  }
  return { found: target };
}

/** As in the CLI's own release: without debug information, and it knows its version. */
function linkerFlags(): string {
  return `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${TEMPORAL_CLI_VERSION}`;
}

function foundOr(file: string | undefined, missing: string): Attempt<string> {
  return file === undefined ? { missing } : { found: file };
}
