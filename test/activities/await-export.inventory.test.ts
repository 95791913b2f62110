import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import { CONTAINER, exported, look, worldWith } from '../support/awaited-export';
import { FakeWorld } from '../support/fake-world';
import { HISTORY } from '../support/inputs';
import { attempt, Retries, untilDone } from '../support/run-activity';

const MINUTE_MS = 60_000;

const measured = (text: string): object => ({
  sizeBytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
  etag: `"${text}"`,
});

describe('the inventory of a complete export', () => {
  it('has size, SHA-256 and ETag of every file in the order of the names, and no name', async () => {
    const world = exported();
    world.files = new Map([
      ['b.json', 'second, with a ü'],
      ['a.json', 'first'],
      ['c.json', ''],
    ]);

    const manifest = await attempt(world.dependencies, look(world));

    expect(manifest).toEqual({
      kind: 'saved',
      container: CONTAINER,
      files: [measured('first'), measured('second, with a ü'), measured('')],
    });
    expect(JSON.stringify(manifest)).not.toContain('.json');
  });

  it('is a valid answer when there are no files', async () => {
    const world = Object.assign(exported(), { files: new Map() });

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({
      kind: 'saved',
      container: CONTAINER,
      files: [],
    });
  });

  it('is of an export that is lost when its container is not there', async () => {
    const world = new FakeWorld();

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({ kind: 'lost' });
    expect(world.calls).not.toContain('listFiles');
  });

  it('is taken after writing was revoked', async () => {
    const world = exported();

    await attempt(world.dependencies, look(world));

    expect(world.calls).toEqual(['last', 'exportProgress', 'revokeWriting', 'listContainers', 'listFiles', 'readFile']);
  });

  it('needs an operator when there are more files than a payload can hold', async () => {
    const world = exported();
    const named = (count: number): Map<string, string> =>
      new Map(Array.from({ length: count }, (_, index) => [`${String(index)}.json`, '']));

    world.files = named(5_001);
    await expect(attempt(world.dependencies, look(world))).rejects.toMatchObject({
      type: 'ExportTooLarge',
      nonRetryable: true,
    });

    world.files = named(5_000);
    await expect(attempt(world.dependencies, look(world))).resolves.toHaveProperty('files.length', 5_000);
  });

  it('goes on after an interruption where it was: what was measured is not read again', async () => {
    const world = exported();
    world.files = new Map(['a', 'b', 'c', 'd'].map((name) => [name, `the text of ${name}`]));
    world.before('readFile', (times) => {
      if (times === 3) throw new UnavailableError({ farEnd: 'export-storage' });
    });
    const retries = new Retries(world.dependencies, look(world));

    await expect(retries.at(0)).rejects.toThrow();
    const manifest = await retries.at(MINUTE_MS);

    expect(manifest).toEqual({
      kind: 'saved',
      container: CONTAINER,
      files: ['a', 'b', 'c', 'd'].map((name) => measured(`the text of ${name}`)),
    });
    expect(world.calls.filter((call) => call === 'readFile')).toHaveLength(5);
  });

  it('reads again what has changed since', async () => {
    const world = exported();
    world.files = new Map(['a', 'b', 'c'].map((name) => [name, `the text of ${name}`]));
    world.before('readFile', (times) => {
      if (times === 3) throw new UnavailableError({ farEnd: 'export-storage' });
    });
    const retries = new Retries(world.dependencies, look(world));
    await expect(retries.at(0)).rejects.toThrow();

    world.files.set('b', 'another text');

    await expect(retries.at(MINUTE_MS)).resolves.toMatchObject({
      files: [measured('the text of a'), measured('another text'), measured('the text of c')],
    });
  });

  it.each([undefined, null, 'seven', { work: { files: [] } }, { work: [{ sizeBytes: 'one' }] }])(
    'begins anew when what an earlier attempt left is %p',
    async (heartbeatDetails) => {
      const world = exported();

      const manifest = await attempt(world.dependencies, look(world), { info: { attempt: 2, heartbeatDetails } });

      expect(manifest).toEqual(await untilDone(world.dependencies, look(world)));
      expect(world.calls.filter((call) => call === 'readFile')).toHaveLength(2);
    },
  );
});

describe('the export of a run that was reset past the point of no return', () => {
  async function begun(exportState: FakeWorld['exportState']): Promise<FakeWorld> {
    const world = worldWith(exportState);
    const passage = { ...HISTORY, attemptId: 'attempt-1', planDigest: 'ab', knownTurn: 0 };
    await world.turns.pass(passage, new AbortController().signal);
    return world;
  }

  it.each(['failed', 'unknown', 'running'] as const)(
    'is what storage holds, whatever the directory says of it by now: %s',
    async (exportState) => {
      const world = await begun(exportState);

      await expect(attempt(world.dependencies, look(world))).resolves.toMatchObject({
        container: CONTAINER,
        files: [measured('[{"Action":"OpenFile"}]')],
      });
      expect(world.calls).not.toContain('exportProgress');
    },
  );

  it('is lost once our own follow-up has deleted it: nothing is parked for it', async () => {
    const world = await begun('unknown');
    world.containers.delete(CONTAINER);

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({ kind: 'lost' });
  });
});
