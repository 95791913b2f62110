import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { ExportManifest } from '../../workflows/contract/export';
import { FakeWorld } from '../support/fake-world';
import { awaitInput, closureRef } from '../support/inputs';
import { attempt } from '../support/run-activity';

const CONTAINER = 'export-1';
const THERE = { isThere: true };
const NOT_THERE = { isThere: false };

function isManifest(answer: unknown): answer is ExportManifest {
  return typeof answer === 'object' && answer !== null && 'files' in answer;
}

/** A world with an export of some files, and its manifest. */
async function exported(): Promise<{ readonly world: FakeWorld; readonly check: () => Promise<unknown> }> {
  const world = new FakeWorld();
  world.files = new Map(['a', 'b', 'c'].map((name) => [name, `the text of ${name}`]));
  world.containers.set(CONTAINER, {});
  const manifest = await attempt(world.dependencies, ['awaitExport', awaitInput(world, CONTAINER)]);
  if (!isManifest(manifest)) throw new TypeError('no manifest');
  world.calls.splice(0);
  return {
    world,
    check: () => attempt(world.dependencies, ['checkExport', { ...closureRef(world), manifest }]),
  };
}

describe('a recorded export', () => {
  it('is there when storage holds what the manifest says; no content is read for it', async () => {
    const { world, check } = await exported();

    await expect(check()).resolves.toEqual(THERE);
    expect(world.calls).toEqual(['listContainers', 'listFiles']);
  });

  const renamed = ({ containers }: FakeWorld): unknown =>
    containers.delete(CONTAINER) && containers.set('export-10', {});
  const emptied = ({ files }: FakeWorld): unknown => [...files.keys()].map((name) => files.set(name, ''));

  it.each<[string, (world: FakeWorld) => unknown]>([
    ['its container is gone', ({ containers }) => containers.delete(CONTAINER)],
    ['only another container begins like it', renamed],
    ['a file is missing', ({ files }) => files.delete('b')],
    ['there is one more', ({ files }) => files.set('d', 'more')],
    ['one has another content of the same size', ({ files }) => files.set('b', 'the text of B')],
    ['all are empty', emptied],
  ])('is not there when %s', async (_what, happen) => {
    const { world, check } = await exported();

    happen(world);

    await expect(check()).resolves.toEqual(NOT_THERE);
  });

  it('cannot be told while storage does not answer', async () => {
    const { world, check } = await exported();
    world.before('listFiles', () => {
      throw new UnavailableError({ farEnd: 'export-storage' });
    });

    await expect(check()).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });

  it('is there when it is empty and always was', async () => {
    const world = new FakeWorld();
    world.files = new Map();
    world.containers.set(CONTAINER, {});
    const manifest = { container: CONTAINER, files: [] };

    await expect(attempt(world.dependencies, ['checkExport', { ...closureRef(world), manifest }])).resolves.toEqual(
      THERE,
    );
  });
});
