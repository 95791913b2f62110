import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { closureDataConverter } from '../codec/data-converter';

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

/** Which server and namespace the options mean. @throws Error when the configuration is wrong */
export function temporalTarget(options: ConnectOptions = {}): TemporalTarget {
  const { connectionOptions, namespace } = load(options);
  return { address: connectionOptions.address ?? DEFAULT_ADDRESS, namespace: namespace ?? 'default' };
}

/** A Temporal client for closures. Nothing is sent before the first call. @throws Error when the configuration is wrong */
export function connectTemporal(options: ConnectOptions = {}): Client {
  const { connectionOptions, namespace } = load(options);
  return new Client({
    connection: Connection.lazy(connectionOptions),
    namespace: namespace ?? 'default',
    dataConverter: closureDataConverter,
    // The default would name the host.
    identity: options.identity ?? `account-closure-client@${process.pid}`,
  });
}

function load({ env, address, namespace }: ConnectOptions): ClientConnectConfig {
  const { connectionOptions, ...configured } = loadClientConnectConfig(
    env === undefined ? {} : { overrideEnvVars: definedOf(env) },
  );
  return {
    ...configured,
    connectionOptions: { ...connectionOptions, ...(address === undefined ? {} : { address }) },
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
