import { afterEach, describe, expect, it } from '@jest/globals';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import type { Directory } from '../../../activities/ports/directory';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startAnsweringServer, type AnsweringServer, type Reply } from '../../support/answering-server';
import { guid } from '../../support/guid';

const { signal } = new AbortController();
const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-000000000001'),
  objectId: guid('0b000000-0000-4000-8000-00000000000a'),
};
const OPERATION = 'c0000000-0000-4000-8000-000000000001';
const LOCATION = new Sensitive('https://storage.example/container?sig=c2VjcmV0');

let server: AnsweringServer | undefined;

afterEach(async () => {
  await server?.close();
});

const THE_TENANT: Reply = { body: { value: [{ id: ACCOUNT.tenantId }] } };

async function directoryThatAnswers(reply: Reply, organization: Reply = THE_TENANT): Promise<Directory> {
  server = await startAnsweringServer(({ path }) => (path.startsWith('/v1.0/organization') ? organization : reply));
  return createGraphDirectory({
    graphUrl: `${server.url}/v1.0`,
    tokens: createStaticTokens(new Sensitive('token')),
    timeoutMs: 500,
  });
}

const indeterminate = { name: 'IndeterminateAnswerError', farEnd: 'directory' };

describe('The request for an export', () => {
  it('names the location in its body, and nowhere else', async () => {
    const directory = await directoryThatAnswers({ status: 202, headers: { location: `/x/${OPERATION}` } });

    await directory.requestExport(ACCOUNT, LOCATION, signal);

    expect(server?.requests).toMatchObject([
      {
        method: 'POST',
        path: `/v1.0/users/${ACCOUNT.objectId}/exportPersonalData`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ storageLocation: LOCATION.reveal() }),
      },
    ]);
  });

  it.each([
    { location: `https://graph.example/v1.0/dataPolicyOperations/${OPERATION}` },
    { location: `https://graph.example/v1.0/dataPolicyOperations/${OPERATION.toUpperCase()}?a=b/c` },
    { 'operation-location': `/v1.0/dataPolicyOperations/${OPERATION}` },
  ])('is accepted with an operation id in %j', async (headers) => {
    const directory = await directoryThatAnswers({ status: 202, headers });

    await expect(directory.requestExport(ACCOUNT, LOCATION, signal)).resolves.toEqual({
      kind: 'accepted',
      operationId: OPERATION,
    });
  });

  it.each([{}, { location: '' }, { location: '/dataPolicyOperations/7' }])(
    'may have been carried out when the operation id is missing: %j',
    async (headers) => {
      const directory = await directoryThatAnswers({ status: 202, headers });

      await expect(directory.requestExport(ACCOUNT, LOCATION, signal)).rejects.toMatchObject({
        name: 'IndeterminateAnswerError',
        oddity: 'it names no operation',
      });
    },
  );

  it.each([200, 201, 204, 302])('is not taken for accepted with %d', async (status) => {
    const directory = await directoryThatAnswers({ status, headers: { location: `/x/${OPERATION}` } });

    await expect(directory.requestExport(ACCOUNT, LOCATION, signal)).rejects.toMatchObject(indeterminate);
  });

  it('is answered with the container’s earlier use, whatever the spelling of the inner error', async () => {
    const directory = await directoryThatAnswers({
      status: 400,
      body: { error: { code: 'BadRequest', innererror: { code: 'StorageLocationAlreadyUsed' } } },
    });

    await expect(directory.requestExport(ACCOUNT, LOCATION, signal)).resolves.toEqual({ kind: 'location-used' });
  });
});

describe('A look at an export', () => {
  it.each([
    ['complete', 'complete'],
    ['failed', 'failed'],
    ['notStarted', 'running'],
    ['running', 'running'],
    ['unknownFutureValue', 'running'],
    ['succeeded', 'running'],
    ['Complete', 'running'],
  ])('takes the status %s as %s', async (status, progress) => {
    const directory = await directoryThatAnswers({ body: { id: OPERATION, status, userId: ACCOUNT.objectId } });

    await expect(directory.exportProgress(ACCOUNT, OPERATION, signal)).resolves.toEqual({ progress });
  });

  it.each([100, '100', null, 'half'])('does not care about a progress of %p', async (progress) => {
    const directory = await directoryThatAnswers({
      headers: { 'retry-after': '60' },
      body: { status: 'running', progress, storageLocation: null, userId: null },
    });

    await expect(directory.exportProgress(ACCOUNT, OPERATION, signal)).resolves.toEqual({
      progress: 'running',
      retryAfterMs: 60_000,
    });
  });

  it.each([
    [400, 'OperationNotFound'],
    [404, 'OperationNotFound'],
    [404, 'Request_ResourceNotFound'],
  ])('finds none with %d %s', async (status, code) => {
    const directory = await directoryThatAnswers({ status, body: { error: { code } } });

    await expect(directory.exportProgress(ACCOUNT, OPERATION, signal)).resolves.toEqual({ progress: 'unknown' });
  });

  it.each([
    [
      'of another tenant',
      { body: { value: [{ id: 'c0000000-0000-4000-8000-000000000009' }] } },
      'IndeterminateAnswerError',
    ],
    ['that does not say which it is', { body: { value: [] } }, 'IndeterminateAnswerError'],
    ['that may not be asked', { status: 403, body: {} }, 'AccessDeniedError'],
  ])('is not believed to find none by a directory %s', async (_which, organization, name) => {
    const directory = await directoryThatAnswers(
      { status: 400, body: { error: { code: 'OperationNotFound' } } },
      organization,
    );

    await expect(directory.exportProgress(ACCOUNT, OPERATION, signal)).rejects.toMatchObject({ name });
  });

  it.each([
    ['no status', { id: OPERATION }],
    ['a status that is no text', { status: 2 }],
    ["somebody else's id", { status: 'complete', userId: '0b000000-0000-4000-8000-00000000000b' }],
    ['another operation', { status: 'complete', id: 'c0000000-0000-4000-8000-000000000002' }],
    ['no JSON', 'complete'],
  ])('cannot be told with %s', async (_oddity, body) => {
    const directory = await directoryThatAnswers({ body });

    await expect(directory.exportProgress(ACCOUNT, OPERATION, signal)).rejects.toMatchObject(indeterminate);
  });

  it('cannot be told behind a proxy’s 404', async () => {
    const directory = await directoryThatAnswers({ status: 404, body: 'Not Found' });

    await expect(directory.exportProgress(ACCOUNT, OPERATION, signal)).rejects.toMatchObject(indeterminate);
  });
});
