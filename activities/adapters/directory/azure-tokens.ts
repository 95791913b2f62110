import { AuthenticationError, DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { NotAuthenticatedError, UnavailableError } from '../../ports/faults';
import { withinTime } from '../http';
import { toToken, type TokenSource } from './tokens';

const FAR_END = 'directory';

/**
 * Tokens of `@azure/identity` (environment, workload identity, managed identity, …), each for the tenant that is named.
 * After a token was not accepted the credential is made anew: its cache would give the same token again.
 */
export function createAzureTokens(graphUrl: string, createCredential = createDefaultCredential): TokenSource {
  const scope = `${new URL(graphUrl).origin}/.default`;
  let credential: TokenCredential | undefined;
  return {
    tokenFor: async (tenantId, { isRetry }, signal) => {
      if (credential === undefined || isRetry) credential = createCredential();
      const current = credential;
      return withinTime({ farEnd: FAR_END }, signal, async (abortSignal) => {
        const token = await current.getToken(scope, { tenantId, abortSignal }).catch(refuse);
        return toToken(token?.token ?? '');
      });
    },
  };
}

function createDefaultCredential(): TokenCredential {
  return new DefaultAzureCredential({ additionallyAllowedTenants: ['*'] });
}

/** What the identity service says is dropped: it names tenants, applications and sometimes people. */
function refuse(error: unknown): never {
  throw isRefusal(error) ? new NotAuthenticatedError(FAR_END) : new UnavailableError(FAR_END);
}

function isRefusal(error: unknown): boolean {
  if (error instanceof AuthenticationError) {
    // A network that is down comes as a refusal with status 400; the code of the cause is in the text alone.
    return error.statusCode < 500 && !/endpoints_resolution_error|network_error/.test(error.message);
  }
  // No kind of credential is set up here.
  const name = error instanceof Error ? error.name : '';
  return name === 'CredentialUnavailableError' || name === 'AggregateAuthenticationError';
}
