import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExportStorage } from '../../../activities/ports/export-storage';
import { RequestRefusedError } from '../../../activities/ports/faults';

/** A storage with the way in that the directory has. */
export interface ExportStorageUnderTest {
  readonly storage: ExportStorage;
  /** Puts a file where an export would put it. */
  readonly put: (container: string, name: string, content: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const operationId = '0a1b2c3d-0000-4000-8000-00000000000a';
const objectId = '0a1b2c3d-0000-4000-8000-00000000000b';
const tenantId = '0a1b2c3d-0000-4000-8000-00000000000c';

/** What every `ExportStorage` has to do. */
export function describeExportStorage(name: string, make: () => Promise<ExportStorageUnderTest>): void {
  describe(`export storage: ${name}`, () => {
    const { signal } = new AbortController();
    let storage: ExportStorage;
    let put: ExportStorageUnderTest['put'];
    let close: ExportStorageUnderTest['close'];
    let container = '';

    beforeAll(async () => {
      ({ storage, put, close } = await make());
    });
    afterAll(async () => {
      await close();
    });
    beforeEach(async () => {
      container = `export-${randomUUID()}`;
      await storage.createContainer(container, signal);
    });

    it('keeps what is in a container that is created again', async () => {
      await put(container, 'kept.json', '{}');

      await storage.createContainer(container, signal);

      expect(await storage.listFiles(container, signal)).toStrictEqual([
        { name: 'kept.json', sizeBytes: 2, etag: expect.any(String) },
      ]);
    });

    it.each(['', 'ab', 'Upper-case', 'two--hyphens', '-first', 'last-', 'dot.ted', 'a/b', '../up', 'a'.repeat(64)])(
      'takes no container by the name of %j',
      async (wrong) => {
        const creation = (async () => storage.createContainer(wrong, signal))();

        await expect(creation).rejects.toBeInstanceOf(RangeError);
      },
    );

    it('tells that nothing was written into a new container', async () => {
      expect(await storage.readRequestInfo(container, signal)).toStrictEqual({ kind: 'absent' });
    });

    it('tells that nothing was written where there is no container', async () => {
      expect(await storage.readRequestInfo(`none-${container}`, signal)).toStrictEqual({ kind: 'absent' });
    });

    it.each([
      ['capitals', { ObjectId: objectId, TenantId: tenantId }],
      ['small letters', { objectId, tenantId }],
      ['upper-case ids', { ObjectId: objectId.toUpperCase(), tenantId: tenantId.toUpperCase() }],
    ])('finds the operation and its subject, spelt with %s', async (_spelling, subject) => {
      const info = { Description: 'any', CommandId: operationId.toUpperCase(), Subject: subject };
      await put(container, 'RequestInfo.json', JSON.stringify(info));

      const found = await storage.readRequestInfo(container, signal);

      expect(found).toStrictEqual({ kind: 'present', operationId, objectId, tenantId });
    });

    it('reads past a byte order mark', async () => {
      const info = JSON.stringify({ CommandId: operationId, Subject: { objectId, tenantId } });
      await put(container, 'RequestInfo.json', `\uFEFF${info}`);

      expect(await storage.readRequestInfo(container, signal)).toMatchObject({ kind: 'present' });
    });

    it.each([
      ['empty', ''],
      ['cut off', '{"CommandId":"0a1b'],
      ['no object', 'null'],
      ['without an operation', JSON.stringify({ Subject: { objectId, tenantId } })],
      ['with an operation that is no GUID', JSON.stringify({ CommandId: '7', Subject: { objectId, tenantId } })],
      ['without a subject', JSON.stringify({ CommandId: operationId })],
      ['without the tenant', JSON.stringify({ CommandId: operationId, Subject: { objectId } })],
      ['far too long', `${' '.repeat(70_000)}{}`],
    ])('calls a request info broken that is %s', async (_kind, content) => {
      await put(container, 'RequestInfo.json', content);

      expect(await storage.readRequestInfo(container, signal)).toStrictEqual({ kind: 'broken' });
    });

    it('lists the exported files by code unit, over all pages, without the request info', async () => {
      const names = ['é.json', 'b.json', 'B.json', 'a/2.json', 'a/10.json', 'ü %#?+&.json', '_.json'];
      await put(container, 'RequestInfo.json', '{}');
      for (const each of names) await put(container, each, each);

      const files = await storage.listFiles(container, signal);

      expect(files).toStrictEqual(
        ['B.json', '_.json', 'a/10.json', 'a/2.json', 'b.json', 'é.json', 'ü %#?+&.json'].map((each) => ({
          name: each,
          sizeBytes: Buffer.byteLength(each),
          etag: expect.stringMatching(/./),
        })),
      );
    });

    it('lists the same files alike, and a file that was written again with another ETag', async () => {
      await put(container, 'a.json', '{}');
      const first = await storage.listFiles(container, signal);
      expect(await storage.listFiles(container, signal)).toStrictEqual(first);

      await put(container, 'a.json', '[]');

      const again = await storage.listFiles(container, signal);
      expect(again).toMatchObject([{ name: 'a.json', sizeBytes: 2 }]);
      expect(again[0]?.etag).not.toBe(first[0]?.etag);
    });

    it('answers a check', async () => {
      await expect(storage.check(signal)).resolves.toBeUndefined();
    });

    it('lists nothing of an empty export', async () => {
      expect(await storage.listFiles(container, signal)).toStrictEqual([]);
    });

    it('does not take a missing container for an empty export', async () => {
      const listing = storage.listFiles(`none-${container}`, signal);

      await expect(listing).rejects.toBeInstanceOf(RequestRefusedError);
    });

    it.each(['plain.json', 'ü %#?+&.json', 'a/b c.json'])('reads back %s as it was stored', async (file) => {
      const content = 'Ada '.repeat(50_000);
      await put(container, file, content);

      expect(await textOf(await storage.readFile(container, file, signal))).toBe(content);
    });

    it('reads an empty file', async () => {
      await put(container, 'empty.json', '');

      expect(await textOf(await storage.readFile(container, 'empty.json', signal))).toBe('');
    });

    it('refuses to read a file that is not there', async () => {
      await expect(storage.readFile(container, 'none.json', signal)).rejects.toMatchObject({
        name: 'RequestRefusedError',
        detail: { status: 404 },
      });
    });

    it.each([0, -1000, 3_700_000])('makes no link that ends %i ms from now', async (ms) => {
      const link = storage.linkToFile(container, 'a.json', new Date(Date.now() + ms));

      await expect(link).rejects.toBeInstanceOf(RangeError);
    });

    it('lists the containers of a prefix, over all pages', async () => {
      const others = [`${container}-1`, `${container}-2`];
      for (const other of others) await storage.createContainer(other, signal);

      const found = await storage.listContainers(`${container}-`, signal);

      expect([...found].sort()).toStrictEqual(others);
      expect(await storage.listContainers(`none-${container}`, signal)).toStrictEqual([]);
    });

    it('deletes a container with all that is in it, once', async () => {
      await put(container, 'a.json', '{}');

      expect(await storage.deleteContainer(container, signal)).toBe('deleted');
      expect(await storage.listContainers(container, signal)).toStrictEqual([]);
      expect(await storage.deleteContainer(container, signal)).toBe('absent');
    });

    it('takes the right to write from a container that is not there', async () => {
      await expect(storage.revokeWriting(`none-${container}`, signal)).resolves.toBeUndefined();
    });

    it('leaves nothing in the container when it grants the right to write', async () => {
      await storage.grantWriting(container, inDays(40), signal);

      expect(await storage.listFiles(container, signal)).toStrictEqual([]);
      expect(await storage.readRequestInfo(container, signal)).toStrictEqual({ kind: 'absent' });
    });

    it('grants the same right again, so that a lost answer costs nothing', async () => {
      const expiresAt = inDays(40);
      const first = await storage.grantWriting(container, expiresAt, signal);

      const again = await storage.grantWriting(container, expiresAt, signal);

      expect(again.reveal()).toBe(first.reveal());
    });

    it('does nothing for a caller that has gone', async () => {
      const gone = AbortSignal.abort(new Error('gone'));
      const calls = [
        () => storage.createContainer(container, gone),
        () => storage.grantWriting(container, inDays(1), gone),
        () => storage.revokeWriting(container, gone),
        () => storage.readRequestInfo(container, gone),
        () => storage.check(gone),
        () => storage.listFiles(container, gone),
        () => storage.readFile(container, 'a.json', gone),
        () => storage.listContainers(container, gone),
        () => storage.deleteContainer(container, gone),
      ];

      for (const call of calls) await expect(call()).rejects.toThrow('gone');
    });
  });
}

/** Everything that comes, as text. */
export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** An instant that many days from now. */
export function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}
