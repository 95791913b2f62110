import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { thisMachine, type Machine } from '../machine';
import { toStderr, type OnProgress } from '../progress';
import type { SearchAttribute } from './dev-server';
import { findTestServer, type Command } from './find-test-server';

/** How to start a server whose clock can be moved. */
export interface TimeSkippingOptions {
  readonly searchAttributes: readonly SearchAttribute[];
  readonly onProgress?: OnProgress;
}

// The SDK waits five seconds for the server, which a cold JVM on a busy machine can miss; the second time its files are warm.
const ATTEMPTS = 4;

/**
 * Starts a Temporal server for tests that skips time while a result is awaited, with the search attributes registered. It ends
 * with `teardown`, and with this process however that ends.
 * @throws ServerNotFoundError when there is no such server and none can be made.
 */
export async function startTimeSkipping(options: TimeSkippingOptions): Promise<TestWorkflowEnvironment> {
  const machine = thisMachine();
  const command = await findTestServer(machine, options.onProgress ?? toStderr);
  const environment = await startPatiently(command, machine);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(options.searchAttributes.map(({ name, type }) => [name, indexedType(type)])),
  });
  return environment;
}

async function startPatiently(command: Command, machine: Machine, attempt = 1): Promise<TestWorkflowEnvironment> {
  const folder = await mkdtemp(path.join(tmpdir(), 'time-skipping-'));
  try {
    const executable = await launcher(command, folder, machine);
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: executable } },
    });
  } catch (error) {
    if (attempt === ATTEMPTS) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return startPatiently(command, machine, attempt + 1);
}

/** The SDK takes one executable and kills it on teardown; the script adds the arguments and sees to the end after a crash of ours. */
async function launcher(command: Command, folder: string, machine: Machine): Promise<string> {
  const [executable] = command;
  if (machine.platform === 'win32' && executable !== undefined) return executable;
  const file = path.join(folder, 'launch');
  await writeFile(file, launcherScript(command), { mode: 0o755 });
  return file;
}

function launcherScript(command: Command): string {
  return [
    '#!/bin/sh',
    'owner=$PPID server=$$',
    // Ends when either is gone; the server must not outlive its owner.
    '( while kill -0 "$owner" && kill -0 "$server"; do sleep 1; done; kill -9 "$server" ) </dev/null >/dev/null 2>&1 &',
    `exec ${command.map(quoted).join(' ')} "$@"`,
    '',
  ].join('\n');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function indexedType(type: SearchAttribute['type']): temporal.api.enums.v1.IndexedValueType {
  const { IndexedValueType } = temporal.api.enums.v1;
  return IndexedValueType[`INDEXED_VALUE_TYPE_${type}`];
}
