import { Client, type ConnectionLike } from '@temporalio/client';
import { closureDataConverter } from '../codec/data-converter';
import { disarmReferences } from '../codec/storage-references';

type Service = ConnectionLike['workflowService'];

/**
 * The same client, with its connection, namespace, identity and interceptors, except that it reads whatever the server says:
 * payloads go by `closureDataConverter`, and references to an external storage are taken out of all answers. A single one
 * in the memo of a single Workflow would make the SDK throw at a whole list. The client that is given stays as it is; again
 * is harmless.
 */
export function tolerantClient({ connection, options, workflow }: Client): Client {
  const { interceptors, queryRejectCondition } = workflow.options;
  return new Client({
    connection: tolerantConnection(connection),
    namespace: options.namespace,
    identity: options.identity,
    dataConverter: closureDataConverter,
    interceptors: { workflow: interceptors },
    workflow: { queryRejectCondition },
  });
}

function tolerantConnection(connection: ConnectionLike): ConnectionLike {
  const workflowService = tolerantService(connection.workflowService);
  // What plugins had to say to the client they have said when it was made.
  const others: Partial<ConnectionLike> = { workflowService, plugins: [] };
  return new Proxy(connection, {
    get: (target, name): unknown => Reflect.get(Object.hasOwn(others, name) ? others : target, name),
  });
}

/** The SDK looks for references in what the service has answered: of whatever kind the connection is, this comes before. */
function tolerantService(service: Service): Service {
  return new Proxy(service, {
    get: (target, name): unknown => {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return async (...request: unknown[]): Promise<unknown> => disarmed(await Reflect.apply(call, target, request));
    },
  });
}

/** A message that is decoded already: names of types are bytes in it still. */
function disarmed(answer: unknown): unknown {
  if (answer instanceof Uint8Array) return disarmReferences(answer);
  if (typeof answer === 'object' && answer !== null) Object.values(answer).forEach(disarmed);
  return answer;
}
