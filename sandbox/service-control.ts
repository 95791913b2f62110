import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RunningErasureService } from './erasure-service/service';
import { freePort } from './ports';

/** Lets a person at a shell break and repair the sample service. */
export interface ServiceControl {
  /** `POST` to this with `/break` or `/repair` behind it. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

type Controlled = Pick<RunningErasureService, 'breakDown' | 'repair'>;

const HOST = '127.0.0.1';

/** Listens on the loopback interface, beside the service: what it offers is no part of the contract. */
export async function startServiceControl(service: Controlled): Promise<ServiceControl> {
  const server = createServer((request, response) => {
    const said = request.method === 'POST' ? act(service, request.url) : undefined;
    response.writeHead(said === undefined ? 404 : 200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${said ?? 'POST /break or /repair.'}\n`);
  });
  const port = await freePort();
  server.listen(port, HOST);
  await once(server, 'listening');
  return {
    url: `http://${HOST}:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function act(service: Controlled, path: string | undefined): string | undefined {
  switch (path ?? '') {
    case '/break':
      service.breakDown('read-only');
      return 'The service answers, and refuses to erase, until it is repaired.';
    case '/repair':
      service.repair();
      return 'The service is repaired.';
    default:
      return undefined;
  }
}
