import { createServer, type RequestListener, type Server } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAzureBlobStorage } from '../../../activities/adapters/storage/azure-blob';
import type { ExportStorage } from '../../../activities/ports/export-storage';
import { inDays, textOf } from '../ports/export-storage.contract';

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
    [503, {}, { name: 'UnavailableError', status: 503 }],
    [500, {}, { name: 'UnavailableError', status: 500 }],
    [408, {}, { name: 'UnavailableError', status: 408 }],
    [401, {}, { name: 'NotAuthenticatedError' }],
    [403, { 'x-ms-error-code': 'AuthorizationFailure' }, { name: 'AccessDeniedError', code: 'AuthorizationFailure' }],
    [403, { 'x-ms-error-code': 'ada@lovelace.example' }, { name: 'AccessDeniedError', code: undefined }],
    [409, { 'x-ms-error-code': 'ContainerBeingDeleted' }, { name: 'UnavailableError', status: 409 }],
    [400, { 'x-ms-error-code': 'InvalidResourceName' }, { name: 'RequestRefusedError', code: 'InvalidResourceName' }],
    [404, {}, { name: 'RequestRefusedError', status: 404 }],
  ])('turns %i with %j into a fault of the port, after one attempt', async (status, headers, fault) => {
    answer = (_request, response) => {
      response.writeHead(status, headers).end();
    };

    await expect(storage.createContainer('export-1', signal)).rejects.toMatchObject(fault);
    expect(requests).toBe(1);
  });

  it('does not take a stranger’s "not found" for a container that was not used', async () => {
    answer = (_request, response) => {
      response.writeHead(404).end('<html>');
    };

    await expect(storage.readRequestInfo('export-1', signal)).rejects.toMatchObject({ status: 404 });
    await expect(storage.deleteContainer('export-1', signal)).rejects.toMatchObject({ status: 404 });
    await expect(storage.revokeWriting('export-1', signal)).rejects.toMatchObject({ status: 404 });
  });

  it('cannot tell an answer that is not XML', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/xml' }).end('<html>');
    };

    await expect(storage.listFiles('export-1', signal)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
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
      response.writeHead(isPolicy ? 200 : 403, { 'content-type': 'application/xml' });
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
        response.writeHead(200, { 'content-type': 'application/xml' });
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
      response.writeHead(isPolicy || request.method === 'HEAD' ? 200 : 412, { 'content-type': 'application/xml' });
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
      response.writeHead(200, { 'content-length': '1000', etag: '"1"' });
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
      response.writeHead(200, { 'content-length': '1000', etag: '"1"' });
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
