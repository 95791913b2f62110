import type { ConnectionOptions } from '@temporalio/client';
import { disarmReferences } from '../codec/storage-references';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;

/**
 * The interceptor of the client's connection: the one that repeats calls, and beneath it references to an external
 * storage are taken out of all answers. A single one in the memo of a single Workflow would make the SDK throw at a whole list.
 */
export function tolerantCalls(repeating: Interceptor): Interceptor {
  return (options, nextCall) => repeating(options, (inner) => withDisarmedAnswers(nextCall(inner)));
}

function withDisarmedAnswers(call: Call): Call {
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    start(metadata, {
      onReceiveMetadata: (received) => listener?.onReceiveMetadata?.(received),
      // The SDK decodes by itself: what comes here is still encoded.
      onReceiveMessage: (message: unknown) =>
        listener?.onReceiveMessage?.(message instanceof Uint8Array ? disarmReferences(message) : message),
      onReceiveStatus: (status) => listener?.onReceiveStatus?.(status),
    });
  };
  return call;
}
