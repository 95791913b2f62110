import { describe, expect, it } from '@jest/globals';
import { azureBlobOfEachTest } from '../../support/azure-blob-server';
import { inDays, textOf } from '../ports/export-storage.contract';

const REQUEST_ID = '0c000000-0000-4000-8000-00000000000c';
/** What marks an answer as the service's. */
const OWN = { 'x-ms-request-id': REQUEST_ID };
const { signal } = new AbortController();

describe('a right to write into Azure Blob', () => {
  const blob = azureBlobOfEachTest();

  it('gives up a right to write that is not accepted in time', async () => {
    blob.answer = (request, response) => {
      const isPolicy = request.url?.includes('comp=acl') === true;
      response.writeHead(isPolicy ? 200 : 403, { ...OWN, 'content-type': 'application/xml' });
      response.end(isPolicy && request.method === 'GET' ? '<SignedIdentifiers />' : '');
    };

    await expect(blob.storage.grantWriting('export-1', inDays(40), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
    });
    expect(blob.requests).toBeGreaterThan(4);
  });

  it('waits for a policy that does not act yet', async () => {
    let writes = 0;
    blob.answer = (request, response) => {
      const isPolicy = request.url?.includes('comp=acl') === true;
      if (isPolicy) {
        response.writeHead(200, { ...OWN, 'content-type': 'application/xml' });
        response.end(request.method === 'GET' ? '<SignedIdentifiers />' : '');
        return;
      }
      writes += request.method === 'PUT' ? 1 : 0;
      response.writeHead(request.method === 'PUT' && writes > 3 ? 412 : 403).end();
    };

    await blob.storage.grantWriting('export-1', inDays(40), signal);

    expect(writes).toBe(4);
  });

  it('gives away no right to write that can read', async () => {
    blob.answer = (request, response) => {
      const isPolicy = request.url?.includes('comp=acl') === true;
      response.writeHead(isPolicy || request.method === 'HEAD' ? 200 : 412, {
        ...OWN,
        'content-type': 'application/xml',
      });
      response.end(isPolicy && request.method === 'GET' ? '<SignedIdentifiers />' : '');
    };

    await expect(blob.storage.grantWriting('export-1', inDays(40), signal)).rejects.toMatchObject({
      name: 'IndeterminateAnswerError',
    });
  });
});

describe('an Azure Blob that falls silent', () => {
  const blob = azureBlobOfEachTest();

  it('is unavailable when nobody listens', async () => {
    blob.server.close();

    await expect(blob.storage.createContainer('export-1', signal)).rejects.toMatchObject({ name: 'UnavailableError' });
  });

  it('is unavailable when a file breaks off, and does not ask for the rest', async () => {
    blob.answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-length': '1000', etag: '"1"' });
      response.write('half', () => response.destroy());
    };

    const content = await blob.storage.readFile('export-1', 'a.json', signal);

    await expect(textOf(content)).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(blob.requests).toBe(1);
  });

  it('ends a hung request with the caller’s own reason', async () => {
    const caller = new AbortController();
    blob.answer = () => {
      caller.abort(new Error('cancelled'));
    };

    await expect(blob.storage.listFiles('export-1', caller.signal)).rejects.toThrow('cancelled');
  });

  it('ends a hung file with the caller’s own reason', async () => {
    const caller = new AbortController();
    blob.answer = (_request, response) => {
      response.writeHead(200, { ...OWN, 'content-length': '1000', etag: '"1"' });
      response.write('half');
    };

    const content = await blob.storage.readFile('export-1', 'a.json', caller.signal);
    const reading = textOf(content);
    caller.abort(new Error('cancelled'));

    await expect(reading).rejects.toThrow('cancelled');
  });
});
