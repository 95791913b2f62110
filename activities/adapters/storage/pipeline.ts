import {
  newPipeline,
  RestError,
  type AnonymousCredential,
  type Pipeline,
  type RequestPolicyFactory,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { AgentRule } from '../outbound';

/** How requests leave this process. */
export interface ConnectOptions {
  /** Default: without a proxy. */
  readonly agentFor?: AgentRule;
}

/** The way of every request to the storage: one attempt, Temporal is the retry engine. */
export function pipelineFor(
  credential: StorageSharedKeyCredential | AnonymousCredential,
  { agentFor = () => undefined }: ConnectOptions,
): Pipeline {
  const pipeline = newPipeline(credential, { retryOptions: { maxTries: 1 } });
  pipeline.factories.push(throughAgents(agentFor), trustingTheStorageAlone);
  return pipeline;
}

/** The library has already chosen an agent, by its own reading of the proxy variables: ours takes its place, or none does. */
function throughAgents(agentFor: AgentRule): RequestPolicyFactory {
  return {
    create: (next) => ({
      sendRequest: (request) => {
        // The library's own way to hand on a change: the request stands for one inside it.
        Object.assign(request, { agent: agentFor(request.url) });
        return next.sendRequest(request);
      },
    }),
  };
}

/** A gateway's page may come with the status of success, and parse as an empty list. The service signs with its id. */
const trustingTheStorageAlone: RequestPolicyFactory = {
  create: (next) => ({
    sendRequest: async (request) => {
      const response = await next.sendRequest(request);
      if (response.status >= 400 || response.headers.get('x-ms-request-id') !== undefined) return response;
      throw new RestError('not the storage', { statusCode: response.status });
    },
  }),
};
