import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { AccountClosureError } from './errors';
import { tolerantClient } from './tolerant-client';

/** How to reach Temporal. What is left out comes from the environment or the Temporal profile file. */
export interface ConnectOptions {
  /** Instead of the process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `host:port`, instead of the configured one. */
  readonly address?: string;
  readonly namespace?: string;
  /** Who asks, as history shows it: an opaque id, never a name. Default: `account-closure-client` and the process id. */
  readonly identity?: string;
}

/** Where closures are, by the configuration. */
export interface TemporalTarget {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
}

const DEFAULT_ADDRESS = 'localhost:7233';
/** `connectivityState.TRANSIENT_FAILURE` of gRPC: every address was tried, and none took the connection. */
const NOBODY_THERE = 3;
/** The default is two minutes, in which calls fail although the server is back. */
const LONGEST_RECONNECT_MS = 5_000;

/** Which server and namespace the options mean. @throws AccountClosureError `invalid-configuration` */
export function temporalTarget(options: ConnectOptions = {}): TemporalTarget {
  const { connectionOptions, namespace } = configured(() => load(options));
  return { address: connectionOptions.address ?? DEFAULT_ADDRESS, namespace: namespace ?? 'default' };
}

/**
 * A Temporal client for closures. Nothing is sent before the first call.
 * @throws AccountClosureError `invalid-configuration`
 */
export function connectTemporal(options: ConnectOptions = {}): Client {
  return configured(() => {
    const { connectionOptions, namespace } = load(options);
    const client = new Client({
      connection: connect(connectionOptions),
      namespace: namespace ?? 'default',
      // The default would name the host.
      identity: options.identity ?? `account-closure-client@${process.pid}`,
    });
    return tolerantClient(client);
  });
}

/** A connection that tells whether anybody is there. */
class TellingConnection extends Connection {
  get isRefused(): boolean {
    const state: number = this.client.getChannel().getConnectivityState(false);
    return state === NOBODY_THERE;
  }
}

/** The library waits out a server that is not there until the caller's deadline, and then says that time is over. */
function connect(options: ClientConnectConfig['connectionOptions']): Connection {
  const usual = defaultGrpcRetryOptions();
  const isRefused = (): boolean => connection instanceof TellingConnection && connection.isRefused;
  const retry = makeGrpcRetryInterceptor({
    ...usual,
    retryableDecider: (attempt, status) => !isRefused() && usual.retryableDecider(attempt, status),
  });
  const connection: Connection = TellingConnection.lazy({
    ...options,
    interceptors: [retry],
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS },
  });
  return connection;
}

function load({ env, address, namespace }: ConnectOptions): ClientConnectConfig {
  const { connectionOptions, ...others } = loadClientConnectConfig(
    env === undefined ? {} : { overrideEnvVars: definedOf(env) },
  );
  return {
    ...others,
    connectionOptions: { ...connectionOptions, ...(address === undefined ? {} : { address }) },
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Whatever throws while nothing but settings is read is a wrong setting. */
function configured<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'wrong setting';
    throw new AccountClosureError('invalid-configuration', `Temporal's settings are wrong: ${reason}`, {
      cause: error,
    });
  }
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
