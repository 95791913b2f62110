import type { NativeConnectionOptions } from '@temporalio/worker';

type Settings = Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey'>;
type Proxy = NonNullable<NativeConnectionOptions['proxy']>;

const DEFAULT_ADDRESS = 'localhost:7233';

/**
 * The proxy for the connection to Temporal, by the rule that holds for every far end; `undefined`: none.
 * @throws RangeError when it is an https proxy, which the SDK cannot use
 */
export function temporalProxy(
  { address = DEFAULT_ADDRESS, tls, apiKey }: Settings,
  proxyFor: (url: string) => URL | undefined,
): Proxy | undefined {
  const scheme = isEncrypted(tls, apiKey) ? 'https' : 'http';
  const proxy = proxyFor(`${scheme}://${address.replace(/^[a-z]+:\/\//, '')}`);
  if (proxy === undefined) return undefined;
  if (proxy.protocol !== 'http:') throw new RangeError('Temporal can be reached through an http:// proxy alone');
  return {
    type: 'http-connect',
    targetHost: `${proxy.hostname}:${proxy.port === '' ? '80' : proxy.port}`,
    ...signIn(proxy),
  };
}

/** As the SDK decides it: an API key needs TLS, unless it is turned off. */
function isEncrypted(tls: Settings['tls'], apiKey: Settings['apiKey']): boolean {
  return tls === undefined || tls === null ? apiKey !== undefined : tls !== false;
}

function signIn({ username, password }: URL): Pick<Proxy, 'basicAuth'> {
  if (username === '') return {};
  return { basicAuth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } };
}
