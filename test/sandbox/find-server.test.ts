import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import { packageRoot, type Machine } from '../../sandbox/machine';
import { buildWithGo, cachedCli, findServer, TEMPORAL_CLI_VERSION } from '../../sandbox/temporal/find-server';
import {
  cachedJars,
  cachedTestServer,
  fetchWithMaven,
  findTestServer,
  TEST_SERVER_VERSION,
} from '../../sandbox/temporal/find-test-server';
import { ServerNotFoundError, type Attempt } from '../../sandbox/temporal/ways';
import { program } from '../support/program';

let folder: string;
let bin: string;
let said: string[];
const listen = (line: string): void => {
  said.push(line);
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'find-server-'));
  bin = path.join(folder, 'bin');
  said = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the Temporal CLI', () => {
  it('is the given one before all others', async () => {
    const given = await program(path.join(folder, 'given'));
    const machine = aMachine({ TEMPORAL_CLI_PATH: given });
    await program(path.join(bin, 'temporal'));
    await program(cachedCli(machine));

    await expect(findServer(machine, listen, noCli)).resolves.toBe(given);
  });

  it('is not silently another one when the given one is no executable', async () => {
    const machine = aMachine({ TEMPORAL_CLI_PATH: path.join(folder, 'missing') });
    await program(path.join(bin, 'temporal'));

    await expect(findServer(machine, listen, noCli)).rejects.toThrow('TEMPORAL_CLI_PATH');
  });

  it('is taken from the PATH before the cache', async () => {
    const machine = aMachine();
    const onPath = await program(path.join(bin, 'temporal'));
    await program(cachedCli(machine));

    await expect(findServer(machine, listen, noCli)).resolves.toBe(onPath);
  });

  it('is taken from the cache before anything is downloaded', async () => {
    const machine = aMachine();
    const cached = await program(cachedCli(machine));

    await expect(findServer(machine, listen, noCli)).resolves.toBe(cached);
  });

  it('is downloaded before it is built', async () => {
    const sources = { download: async (target: string) => found(await program(target)), build: noCli.build };

    await expect(findServer(aMachine(), listen, sources)).resolves.toBe(cachedCli(aMachine()));
  });

  it('is built when nothing else works', async () => {
    const sources = { download: noCli.download, build: async (target: string) => found(await program(target)) };

    await expect(findServer(aMachine(), listen, sources)).resolves.toBe(cachedCli(aMachine()));
  });

  it('missing by every way is one error that says why and names the three ways out', async () => {
    const attempt = findServer(aMachine(), listen, noCli);

    await expect(attempt).rejects.toThrow(ServerNotFoundError);
    await expect(attempt).rejects.toThrow(/download: no network[^]*build: Go is not installed/);
    await expect(attempt).rejects.toThrow(/on the PATH[^]*TEMPORAL_CLI_PATH[^]*install Go/);
  });

  it('has the release that our Go module builds', async () => {
    const module = await readFile(path.join(packageRoot(), 'sandbox', 'temporal', 'server', 'go.mod'), 'utf8');

    expect(module).toContain(`require github.com/temporalio/cli v${TEMPORAL_CLI_VERSION}\n`);
  });
});

describe('building the Temporal CLI', () => {
  it('says that it takes minutes and stores what Go made', async () => {
    await program(path.join(bin, 'go'), 'for last; do [ "$out" = -o ] && echo built >"$last"; out=$last; done');

    const attempt = await buildWithGo(path.join(folder, 'cache', 'temporal'), aMachine(), listen);

    await expect(readFile(foundIn(attempt), 'utf8')).resolves.toBe('built\n');
    expect(said[0]).toContain('about five minutes, only once');
  });

  it('passes on what Go complained about and leaves nothing behind', async () => {
    await program(path.join(bin, 'go'), 'echo "go.mod requires go >= 1.26.4" >&2; exit 1');
    const cache = path.join(folder, 'cache');

    const attempt = await buildWithGo(path.join(cache, 'temporal'), aMachine(), listen);

    expect(attempt).toEqual({ missing: 'go ended with code 1:\ngo.mod requires go >= 1.26.4' });
    await expect(readdir(cache)).resolves.toEqual([]);
  });

  it('is no way without Go', async () => {
    await expect(buildWithGo(path.join(folder, 'temporal'), aMachine(), listen)).resolves.toEqual({
      missing: 'Go is not installed',
    });
  });
});

describe('the time-skipping server', () => {
  it('is the given one before all others', async () => {
    const given = await program(path.join(folder, 'given'));
    const machine = aMachine({ TEMPORAL_TEST_SERVER_PATH: given });
    await program(cachedTestServer(machine));

    await expect(findTestServer(machine, listen, noTestServer)).resolves.toEqual([given]);
  });

  it('is the cached executable before the cached Java archives', async () => {
    const cached = await program(cachedTestServer(aMachine()));
    await program(path.join(bin, 'java'));
    await mkdir(cachedJars(aMachine()));

    await expect(findTestServer(aMachine(), listen, noTestServer)).resolves.toEqual([cached]);
  });

  it('runs on Java from the cached archives', async () => {
    const java = await program(path.join(bin, 'java'));
    await mkdir(cachedJars(aMachine()), { recursive: true });

    const command = await findTestServer(aMachine(), listen, noTestServer);

    expect(command[0]).toBe(java);
    expect(command).toContain(path.join(cachedJars(aMachine()), '*'));
  });

  it('is downloaded before its archives are fetched', async () => {
    const sources = { ...noTestServer, download: async (target: string) => found(await program(target)) };

    await expect(findTestServer(aMachine(), listen, sources)).resolves.toEqual([cachedTestServer(aMachine())]);
  });

  it('is fetched with Maven when it cannot be downloaded', async () => {
    const java = await program(path.join(bin, 'java'));
    await program(path.join(bin, 'mvn'), 'for last; do :; done; mkdir "${last#*=}"; echo jar >"${last#*=}/server.jar"');
    const sources = { ...noTestServer, fetch: (jars: string) => fetchWithMaven(jars, aMachine(), listen) };

    const command = await findTestServer(aMachine(), listen, sources);

    expect(command[0]).toBe(java);
    expect(existsSync(path.join(cachedJars(aMachine()), 'server.jar'))).toBe(true);
  });

  it('missing by every way is one error that says why and names the ways out', async () => {
    const attempt = findTestServer(aMachine(), listen, noTestServer);

    await expect(attempt).rejects.toThrow(ServerNotFoundError);
    await expect(attempt).rejects.toThrow(/download: no network[^]*Maven: Maven is not installed/);
    await expect(attempt).rejects.toThrow(/TEMPORAL_TEST_SERVER_PATH[^]*Java 8/);
  });

  it('has the release that our Maven project fetches', async () => {
    const pom = await readFile(path.join(packageRoot(), 'sandbox', 'temporal', 'test-server', 'pom.xml'), 'utf8');

    expect(pom).toContain(`<version>${TEST_SERVER_VERSION}</version>`);
  });
});

const noCli = {
  download: () => Promise.resolve({ missing: 'no network' }),
  build: () => Promise.resolve({ missing: 'Go is not installed' }),
};

const noTestServer = {
  download: () => Promise.resolve({ missing: 'no network' }),
  fetch: () => Promise.resolve({ missing: 'Maven is not installed' }),
};

function aMachine(environment: Readonly<Record<string, string>> = {}): Machine {
  return { platform: 'linux', arch: 'x64', home: folder, environment: { PATH: bin, ...environment } };
}

function found(file: string): Attempt<string> {
  return { found: file };
}

function foundIn(attempt: Attempt<string>): string {
  return 'found' in attempt ? attempt.found : '';
}
