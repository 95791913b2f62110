import { existsSync } from 'node:fs';
import path from 'node:path';
import { fillOnce } from '../fill-once';
import { CommandFailedError, runGuarded } from '../guarded-process';
import { cacheFolder, executableName, findOnPath, isExecutable, packageRoot, type Machine } from '../machine';
import { withProgress, type OnProgress } from '../progress';
import { givenExecutable } from './find-server';
import { downloadWithSdk } from './sdk-download';
import { firstFound, type Attempt, type Way } from './ways';

/** Release of the time-skipping server that is downloaded or fetched; the same as in `test-server/pom.xml`. */
export const TEST_SERVER_VERSION = '1.38.0';

/** A program and its first arguments. */
export type Command = readonly string[];

/** The costly ways of getting the time-skipping server to a place in the cache; a test replaces them. */
export interface TestServerSources {
  readonly download: (executable: string) => Promise<Attempt<string>>;
  readonly fetch: (jars: string) => Promise<Attempt<string>>;
}

const FETCH_WITHIN_MS = 5 * 60_000;

const WAYS_OUT = [
  'let the SDK download it: a network connection, and an Intel or AMD processor',
  'set TEMPORAL_TEST_SERVER_PATH to the time-skipping server (temporal-test-server of the Temporal Java SDK)',
  'install Java 8 or newer and Maven: the server then runs on Java',
];

/**
 * The command that runs the time-skipping server: as given by `TEMPORAL_TEST_SERVER_PATH`, from our cache, downloaded by the
 * SDK, or its Java archives fetched with Maven.
 * @throws ServerNotFoundError when there is none by any way, or the given path is no executable.
 */
export async function findTestServer(
  machine: Machine,
  onProgress: OnProgress,
  sources: TestServerSources = testServerSources(machine, onProgress),
): Promise<Command> {
  const executable = cachedTestServer(machine);
  const jars = cachedJars(machine);
  const ways: readonly Way<Command>[] = [
    {
      name: 'TEMPORAL_TEST_SERVER_PATH',
      look: () => Promise.resolve(asCommand(givenExecutable('TEMPORAL_TEST_SERVER_PATH', machine))),
    },
    { name: 'cache', look: () => Promise.resolve(lookInCache(executable, jars, machine)) },
    { name: 'download', look: async () => asCommand(await sources.download(executable)) },
    { name: 'Maven', look: async () => onJava(await sources.fetch(jars), machine) },
  ];
  return firstFound('time-skipping Temporal server', ways, WAYS_OUT);
}

/** Where the cache keeps the downloaded executable. */
export function cachedTestServer(machine: Machine): string {
  const name = `temporal-test-server-${TEST_SERVER_VERSION}-${machine.platform}-${machine.arch}`;
  return path.join(cacheFolder(machine), executableName(name, machine));
}

/** The folder of the cache with the Java archives, the same on every platform. */
export function cachedJars(machine: Machine): string {
  return path.join(cacheFolder(machine), `temporal-test-server-${TEST_SERVER_VERSION}`);
}

function testServerSources(machine: Machine, onProgress: OnProgress): TestServerSources {
  const version = `v${TEST_SERVER_VERSION}`;
  const fileName = executableName(`temporal-test-server-${version}`, machine);
  return {
    download: (target) => downloadWithSdk({ kind: 'time-skipping', version, fileName, target }, onProgress),
    fetch: (jars) => fetchWithMaven(jars, machine, onProgress),
  };
}

/** Fetches the server's Java archives with Maven into the given folder, once. */
export async function fetchWithMaven(jars: string, machine: Machine, onProgress: OnProgress): Promise<Attempt<string>> {
  const maven = findOnPath('mvn', machine);
  if (maven === undefined) return { missing: 'Maven is not installed' };
  const pom = path.join(packageRoot(), 'sandbox', 'temporal', 'test-server', 'pom.xml');
  const fetch = (staging: string): Promise<void> =>
    runGuarded([maven, '-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${staging}`], {
      timeoutMs: FETCH_WITHIN_MS,
    });
  try {
    await withProgress('Fetching the time-skipping server with Maven, only once', onProgress, () =>
      fillOnce(jars, fetch),
    );
  } catch (error) {
    if (error instanceof CommandFailedError) return { missing: error.message };
    throw error;
  }
  return { found: jars };
}

function lookInCache(executable: string, jars: string, machine: Machine): Attempt<Command> {
  if (isExecutable(executable)) return { found: [executable] };
  if (!existsSync(jars)) return { missing: `neither ${executable} nor ${jars} is there` };
  return onJava({ found: jars }, machine);
}

function onJava(jars: Attempt<string>, machine: Machine): Attempt<Command> {
  if ('missing' in jars) return { missing: jars.missing };
  const java = findOnPath('java', machine);
  if (java === undefined) return { missing: 'Java is not installed' };
  const classPath = path.join(jars.found, '*');
  // A test server lives for seconds: a quick start counts, not the speed that a JVM reaches later.
  const quickStart = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  return { found: [java, ...quickStart, '-cp', classPath, 'io.temporal.testserver.TestServer'] };
}

function asCommand(attempt: Attempt<string>): Attempt<Command> {
  if ('found' in attempt) return { found: [attempt.found] };
  const { missing, insist } = attempt;
  return insist === undefined ? { missing } : { missing, insist: async () => asCommand(await insist()) };
}
