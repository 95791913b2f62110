import { Client, Connection } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry';
import { AccountClosureClient } from '../../client';

/** A client whose calls are spans of OpenTelemetry, in the trace of whoever calls. */
export async function connectTraced(address: string, namespace: string): Promise<AccountClosureClient> {
  const client = new Client({
    connection: await Connection.connect({ address }),
    namespace,
    // The default would name the host.
    identity: `backend@${process.pid}`,
    interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  });
  return new AccountClosureClient({ client });
}
