import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { azureBlobOfEachTest } from '../../support/azure-blob-server';
import { inDays } from '../ports/export-storage.contract';

const REQUEST_ID = '0c000000-0000-4000-8000-00000000000c';
/** What marks an answer as the service's. */
const OWN = { 'x-ms-request-id': REQUEST_ID };
const PLACE = { operation: 'storage.create-container' };
const { signal } = new AbortController();

describe('faults of Azure Blob', () => {
  const blob = azureBlobOfEachTest();

  it.each([
    [429, { 'retry-after': '7' }, { name: 'ThrottledError', retryAfterMs: 7000 }],
    [503, { 'retry-after': '7' }, { name: 'ThrottledError', retryAfterMs: 7000 }],
    [503, {}, { name: 'UnavailableError', detail: { status: 503 } }],
    [500, {}, { name: 'UnavailableError', detail: { status: 500 } }],
    [408, {}, { name: 'UnavailableError', detail: { status: 408 } }],
    [429, { 'retry-after': '0' }, { name: 'ThrottledError', retryAfterMs: 1_000 }],
    [429, { 'retry-after': '999999999' }, { name: 'ThrottledError', retryAfterMs: 86_400_000 }],
    [503, { 'retry-after': 'Sun, 01 Mar 2020 12:00:00 GMT' }, { name: 'ThrottledError', retryAfterMs: 1_000 }],
    [401, {}, { name: 'NotAuthenticatedError' }],
    [
      403,
      { 'x-ms-error-code': 'AuthorizationFailure' },
      { name: 'AccessDeniedError', detail: { code: 'AuthorizationFailure' } },
    ],
    [403, { 'x-ms-request-id': REQUEST_ID }, { detail: { ...PLACE, status: 403, requestId: REQUEST_ID } }],
    [409, { 'x-ms-error-code': 'ContainerBeingDeleted' }, { name: 'UnavailableError', detail: { status: 409 } }],
    [
      400,
      { 'x-ms-error-code': 'InvalidResourceName' },
      { name: 'RequestRefusedError', detail: { code: 'InvalidResourceName' } },
    ],
    [404, {}, { name: 'RequestRefusedError', detail: { status: 404 } }],
  ])('turns %i with %j into a fault of the port, after one attempt', async (status, headers, fault) => {
    blob.answer = (_request, response) => {
      response.writeHead(status, headers).end();
    };

    await expect(blob.storage.createContainer('export-1', signal)).rejects.toMatchObject(fault);
    expect(blob.requests).toBe(1);
  });

  it.each(['x-ms-error-code', 'x-ms-request-id'])('keeps a %s that may be a name out of its faults', async (name) => {
    blob.answer = (_request, response) => {
      response.writeHead(403, { [name]: 'ada@lovelace.example' }).end();
    };

    const fault: unknown = await blob.storage.createContainer('export-1', signal).catch((error: unknown) => error);

    expect(fault).toHaveProperty('detail', { ...PLACE, status: 403 });
  });

  it('does not take a stranger’s "not found" for a container that was not used', async () => {
    blob.answer = (_request, response) => {
      response.writeHead(404).end('<html>');
    };

    await expect(blob.storage.readRequestInfo('export-1', signal)).rejects.toMatchObject({ detail: { status: 404 } });
    await expect(blob.storage.deleteContainer('export-1', signal)).rejects.toMatchObject({ detail: { status: 404 } });
    await expect(blob.storage.revokeWriting('export-1', signal)).rejects.toMatchObject({ detail: { status: 404 } });
  });

  it.each([
    ['a page', '<html>'],
    ['a page that is XML', '<html><body>Welcome</body></html>'],
    ['an empty list', '<?xml version="1.0"?><EnumerationResults><Blobs /><NextMarker /></EnumerationResults>'],
    ['nothing', ''],
  ])('cannot tell an answer with 200 that is not the storage’s own: %s', async (_what, body) => {
    blob.answer = (request, response) => {
      response.writeHead(request.method === 'PUT' ? 201 : 200, { 'content-type': 'application/xml' }).end(body);
    };

    const calls = [
      () => blob.storage.createContainer('export-1', signal),
      () => blob.storage.listFiles('export-1', signal),
      () => blob.storage.listContainers('export-', signal),
      () => blob.storage.readFile('export-1', 'a.json', signal),
      () => blob.storage.readRequestInfo('export-1', signal),
      () => blob.storage.revokeWriting('export-1', signal),
      () => blob.storage.grantWriting('export-1', inDays(40), signal),
      () => blob.storage.deleteContainer('export-1', signal),
      () => blob.storage.check(signal),
    ];

    for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
  });

  it('cannot tell an answer of the storage that is not XML', async () => {
    blob.answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-type': 'application/xml' }).end('<html>');
    };

    await expect(blob.storage.listFiles('export-1', signal)).rejects.toMatchObject({
      name: 'IndeterminateAnswerError',
    });
  });

  it('cannot tell a file without an ETag', async () => {
    const file = '<Blob><Name>a.json</Name><Properties><Content-Length>2</Content-Length></Properties></Blob>';
    blob.answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-type': 'application/xml' });
      response.end(
        `<?xml version="1.0"?><EnumerationResults><Blobs>${file}</Blobs><NextMarker /></EnumerationResults>`,
      );
    };

    await expect(blob.storage.listFiles('export-1', signal)).rejects.toMatchObject({
      oddity: 'a listed file has no size or no ETag',
    });
  });

  it('is checked with one small request, however much is stored', async () => {
    const paths: (string | undefined)[] = [];
    blob.answer = (request, response) => {
      paths.push(request.url);
      response.writeHead(200, { ...OWN, 'content-type': 'application/xml' }).end('<StorageServiceProperties />');
    };

    await blob.storage.check(signal);

    expect(paths).toEqual(['/account/?restype=service&comp=properties']);
  });

  it.each([
    [403, { name: 'AccessDeniedError', detail: { operation: 'storage.check' } }],
    [503, { name: 'UnavailableError', detail: { operation: 'storage.check' } }],
  ])('says in its check what is wrong: %d', async (status, fault) => {
    blob.answer = (_request, response) => {
      response.writeHead(status, OWN).end();
    };

    await expect(blob.storage.check(signal)).rejects.toMatchObject(fault);
  });

  it('counts a container that is being deleted as deleted', async () => {
    blob.answer = (_request, response) => {
      response.writeHead(409, { 'x-ms-error-code': 'ContainerBeingDeleted' }).end();
    };

    expect(await blob.storage.deleteContainer('export-1', signal)).toBe('deleted');
  });

  it('names no URL, signature or file, however it is printed', async () => {
    blob.answer = (_request, response) => {
      response.writeHead(403, { 'x-ms-error-code': 'AuthenticationFailed' }).end('secret');
    };

    const fault: unknown = await blob.storage
      .readFile('export-1', 'lovelace.json', signal)
      .catch((error: unknown) => error);

    expect(inspect(fault, { depth: 10, showHidden: true })).not.toMatch(/http:|sig=|lovelace|secret|export-1/);
  });
});
