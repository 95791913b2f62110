import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach } from '@jest/globals';
import { portOf } from '../../sandbox/ports';
import { createAzureBlobStorage } from '../../activities/adapters/storage/azure-blob';
import type { ExportStorage } from '../../activities/ports/export-storage';

/** A storage before a server that answers as the test says. */
interface AnsweringAzureBlob {
  readonly server: Server;
  readonly storage: ExportStorage;
  /** What is answered from now on. */
  answer: RequestListener;
  /** How many requests have come. */
  readonly requests: number;
}

/** An Azure Blob for the tests of the `describe` in which it is called: a new one for each of them. */
export function azureBlobOfEachTest(): AnsweringAzureBlob {
  let answer: RequestListener = () => undefined;
  let requests = 0;
  let server: Server;
  let storage: ExportStorage;
  beforeEach(async () => {
    requests = 0;
    server = createServer((request, response) => {
      requests += 1;
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    storage = createAzureBlobStorage({ connectionString: connectionTo(server), policyWaitMs: 2_000, retryDelayMs: 50 });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    get server() {
      return server;
    },
    get storage() {
      return storage;
    },
    get requests() {
      return requests;
    },
    get answer() {
      return answer;
    },
    set answer(next) {
      answer = next;
    },
  };
}

function connectionTo(server: Server): string {
  const endpoint = `http://127.0.0.1:${String(portOf(server))}/account`;
  return `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=bm9uZQ==;BlobEndpoint=${endpoint}`;
}
