import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { withinTime } from '../http';
import type { AgentRule } from '../outbound';
import { tokenFault, type TokenExchange } from './token-faults';
import { toToken, type TokenSource } from './tokens';

const GET_TOKEN = { farEnd: 'directory', operation: 'directory.get-token' } as const;
/** The metadata service of a cloud's machines. Asked on suspicion: that nobody answers only says that this is none of them. */
const METADATA_HOST = '169.254.169.254';

/** How to reach the identity service, and what to ask it with. */
export interface AzureTokensOptions {
  /** Default: without a proxy. */
  readonly agentFor?: AgentRule;
  /** Default: `DefaultAzureCredential`, for any tenant. */
  readonly createCredential?: (httpClient: HttpClient) => TokenCredential;
  /** Sends the library's requests. Default: the library's own way. */
  readonly httpClient?: HttpClient;
}

/**
 * Tokens of `@azure/identity` (environment, workload identity, managed identity, …), each for the tenant that is named. One
 * attempt a request. After a token was not accepted, or not given, the credential is made anew: its caches would give the same
 * answer again.
 */
export function createAzureTokens(graphUrl: string, options: AzureTokensOptions = {}): TokenSource {
  const { createCredential = createDefaultCredential, agentFor = () => undefined } = options;
  const scope = `${new URL(graphUrl).origin}/.default`;
  const exchanges = new AsyncLocalStorage<TokenExchange[]>();
  const httpClient = observed(options.httpClient ?? createDefaultHttpClient(), { agentFor, exchanges });
  let credential: TokenCredential | undefined;
  return {
    tokenFor: async (tenantId, { isRetry }, signal) => {
      if (credential === undefined || isRetry) credential = createCredential(httpClient);
      const current = credential;
      return withinTime(GET_TOKEN, signal, async (abortSignal) => {
        const seen: TokenExchange[] = [];
        const asked = exchanges.run(seen, () => current.getToken(scope, { tenantId, abortSignal }));
        const token = await asked.catch((error: unknown) => {
          // The library remembers that it was throttled, and then refuses by itself, in words that name no reason.
          if (credential === current) credential = undefined;
          throw tokenFault(GET_TOKEN, error, seen);
        });
        return toToken(token?.token ?? '');
      });
    },
  };
}

function createDefaultCredential(httpClient: HttpClient): TokenCredential {
  // Temporal is the retry engine, and the library would wait out a Retry-After without telling.
  return new DefaultAzureCredential({
    additionallyAllowedTenants: ['*'],
    httpClient,
    retryOptions: { maxRetries: 0 },
  });
}

interface Observation {
  readonly agentFor: AgentRule;
  readonly exchanges: AsyncLocalStorage<TokenExchange[]>;
}

/** The library keeps of an answer little more than a text; so its answers are noted on the way. */
function observed(inner: HttpClient, { agentFor, exchanges }: Observation): HttpClient {
  return {
    sendRequest: async (request) => {
      const seen = exchanges.getStore();
      try {
        const response = await inner.sendRequest(through(agentFor(request.url), request));
        seen?.push(toExchange(response));
        return response;
      } catch (error) {
        if (new URL(request.url).hostname !== METADATA_HOST) seen?.push({ kind: 'silence' });
        throw error;
      }
    },
  };
}

/** The library has already chosen an agent, by its own reading of the proxy variables: ours takes its place, or none does. */
function through(agent: ReturnType<AgentRule>, { agent: _theirs, ...request }: PipelineRequest): PipelineRequest {
  return agent === undefined ? request : { ...request, agent };
}

function toExchange({ status, headers, bodyAsText }: PipelineResponse): TokenExchange {
  const answer = { status, headers: { get: (name: string) => headers.get(name) ?? null }, body: bodyAsText ?? '' };
  return { kind: 'answer', answer };
}
