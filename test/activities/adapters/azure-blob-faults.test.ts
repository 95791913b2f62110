import { createServer, type RequestListener, type Server } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAzureBlobStorage } from '../../../activities/adapters/storage/azure-blob';
import type { ExportStorage } from '../../../activities/ports/export-storage';
import { inDays, textOf } from '../ports/export-storage.contract';

const REQUEST_ID = '0c000000-0000-4000-8000-00000000000c';
/** What marks an answer as the service's. */
const OWN = { 'x-ms-request-id': REQUEST_ID };
const PLACE = { operation: 'storage.create-container' };
const { signal } = new AbortController();

describe('faults of Azure Blob', () => {
  let server: Server;
  let requests = 0;
  let storage: ExportStorage;
  let answer: RequestListener;

  beforeEach(async () => {
    requests = 0;
    server = createServer((request, response) => {
      requests += 1;
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    storage = createAzureBlobStorage({ connectionString: connectionTo(server), policyWaitMs: 300, retryDelayMs: 50 });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

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
    answer = (_request, response) => {
      response.writeHead(status, headers).end();
    };

    await expect(storage.createContainer('export-1', signal)).rejects.toMatchObject(fault);
    expect(requests).toBe(1);
  });

  it.each(['x-ms-error-code', 'x-ms-request-id'])('keeps a %s that may be a name out of its faults', async (name) => {
    answer = (_request, response) => {
      response.writeHead(403, { [name]: 'ada@lovelace.example' }).end();
    };

    const fault: unknown = await storage.createContainer('export-1', signal).catch((error: unknown) => error);

    expect(fault).toHaveProperty('detail', { ...PLACE, status: 403 });
  });

  it('does not take a stranger’s "not found" for a container that was not used', async () => {
    answer = (_request, response) => {
      response.writeHead(404).end('<html>');
    };

    await expect(storage.readRequestInfo('export-1', signal)).rejects.toMatchObject({ detail: { status: 404 } });
    await expect(storage.deleteContainer('export-1', signal)).rejects.toMatchObject({ detail: { status: 404 } });
    await expect(storage.revokeWriting('export-1', signal)).rejects.toMatchObject({ detail: { status: 404 } });
  });

  it.each([
    ['a page', '<html>'],
    ['a page that is XML', '<html><body>Welcome</body></html>'],
    ['an empty list', '<?xml version="1.0"?><EnumerationResults><Blobs /><NextMarker /></EnumerationResults>'],
    ['nothing', ''],
  ])('cannot tell an answer with 200 that is not the storage’s own: %s', async (_what, body) => {
    answer = (request, response) => {
      response.writeHead(request.method === 'PUT' ? 201 : 200, { 'content-type': 'application/xml' }).end(body);
    };

    const calls = [
      () => storage.createContainer('export-1', signal),
      () => storage.listFiles('export-1', signal),
      () => storage.listContainers('export-', signal),
      () => storage.readFile('export-1', 'a.json', signal),
      () => storage.readRequestInfo('export-1', signal),
      () => storage.revokeWriting('export-1', signal),
      () => storage.grantWriting('export-1', inDays(40), signal),
      () => storage.deleteContainer('export-1', signal),
      () => storage.check(signal),
    ];

    for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
  });

  it('cannot tell an answer of the storage that is not XML', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-type': 'application/xml' }).end('<html>');
    };

    await expect(storage.listFiles('export-1', signal)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
  });

  it('cannot tell a file without an ETag', async () => {
    const file = '<Blob><Name>a.json</Name><Properties><Content-Length>2</Content-Length></Properties></Blob>';
    answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-type': 'application/xml' });
      response.end(
        `<?xml version="1.0"?><EnumerationResults><Blobs>${file}</Blobs><NextMarker /></EnumerationResults>`,
      );
    };

    await expect(storage.listFiles('export-1', signal)).rejects.toMatchObject({
      oddity: 'a listed file has no size or no ETag',
    });
  });

  it('is checked with one small request, however much is stored', async () => {
    const paths: (string | undefined)[] = [];
    answer = (request, response) => {
      paths.push(request.url);
      response.writeHead(200, { ...OWN, 'content-type': 'application/xml' }).end('<StorageServiceProperties />');
    };

    await storage.check(signal);

    expect(paths).toEqual(['/account/?restype=service&comp=properties']);
  });

  it.each([
    [403, { name: 'AccessDeniedError', detail: { operation: 'storage.check' } }],
    [503, { name: 'UnavailableError', detail: { operation: 'storage.check' } }],
  ])('says in its check what is wrong: %d', async (status, fault) => {
    answer = (_request, response) => {
      response.writeHead(status, OWN).end();
    };

    await expect(storage.check(signal)).rejects.toMatchObject(fault);
  });

  it('counts a container that is being deleted as deleted', async () => {
    answer = (_request, response) => {
      response.writeHead(409, { 'x-ms-error-code': 'ContainerBeingDeleted' }).end();
    };

    expect(await storage.deleteContainer('export-1', signal)).toBe('deleted');
  });

  it('gives up a right to write that is not accepted in time', async () => {
    answer = (request, response) => {
      const isPolicy = request.url?.includes('comp=acl') === true;
      response.writeHead(isPolicy ? 200 : 403, { ...OWN, 'content-type': 'application/xml' });
      response.end(isPolicy && request.method === 'GET' ? '<SignedIdentifiers />' : '');
    };

    await expect(storage.grantWriting('export-1', inDays(40), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
    });
    expect(requests).toBeGreaterThan(4);
  });

  it('waits for a policy that does not act yet', async () => {
    let writes = 0;
    answer = (request, response) => {
      const isPolicy = request.url?.includes('comp=acl') === true;
      if (isPolicy) {
        response.writeHead(200, { ...OWN, 'content-type': 'application/xml' });
        response.end(request.method === 'GET' ? '<SignedIdentifiers />' : '');
        return;
      }
      writes += request.method === 'PUT' ? 1 : 0;
      response.writeHead(request.method === 'PUT' && writes > 3 ? 412 : 403).end();
    };

    await storage.grantWriting('export-1', inDays(40), signal);

    expect(writes).toBe(4);
  });

  it('gives away no right to write that can read', async () => {
    answer = (request, response) => {
      const isPolicy = request.url?.includes('comp=acl') === true;
      response.writeHead(isPolicy || request.method === 'HEAD' ? 200 : 412, {
        ...OWN,
        'content-type': 'application/xml',
      });
      response.end(isPolicy && request.method === 'GET' ? '<SignedIdentifiers />' : '');
    };

    await expect(storage.grantWriting('export-1', inDays(40), signal)).rejects.toMatchObject({
      name: 'IndeterminateAnswerError',
    });
  });

  it('is unavailable when nobody listens', async () => {
    server.close();

    await expect(storage.createContainer('export-1', signal)).rejects.toMatchObject({ name: 'UnavailableError' });
  });

  it('is unavailable when a file breaks off, and does not ask for the rest', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-length': '1000', etag: '"1"' });
      response.write('half', () => response.destroy());
    };

    const content = await storage.readFile('export-1', 'a.json', signal);

    await expect(textOf(content)).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(requests).toBe(1);
  });

  it('ends a hung request with the caller’s own reason', async () => {
    const caller = new AbortController();
    answer = () => {
      caller.abort(new Error('cancelled'));
    };

    await expect(storage.listFiles('export-1', caller.signal)).rejects.toThrow('cancelled');
  });

  it('ends a hung file with the caller’s own reason', async () => {
    const caller = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-length': '1000', etag: '"1"' });
      response.write('half');
    };

    const content = await storage.readFile('export-1', 'a.json', caller.signal);
    const reading = textOf(content);
    caller.abort(new Error('cancelled'));

    await expect(reading).rejects.toThrow('cancelled');
  });

  it('names no URL, signature or file, however it is printed', async () => {
    answer = (_request, response) => {
      response.writeHead(403, { 'x-ms-error-code': 'AuthenticationFailed' }).end('secret');
    };

    const fault: unknown = await storage.readFile('export-1', 'lovelace.json', signal).catch((error: unknown) => error);

    expect(inspect(fault, { depth: 10, showHidden: true })).not.toMatch(/http:|sig=|lovelace|secret|export-1/);
  });
});

function connectionTo(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server does not listen on a port');
  const endpoint = `http://127.0.0.1:${address.port}/account`;
  return `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=bm9uZQ==;BlobEndpoint=${endpoint}`;
}
