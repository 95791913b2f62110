import { BlockList, isIP } from 'node:net';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that a URL is to be reached through; `undefined`: none. */
export type ProxyRule = (url: string) => URL | undefined;

/** The machine itself and the cloud's metadata service: what a proxy would call by these names is somebody else. */
const NEVER = new BlockList();
NEVER.addSubnet('127.0.0.0', 8);
NEVER.addSubnet('169.254.0.0', 16);
NEVER.addAddress('::1', 'ipv6');
NEVER.addSubnet('fe80::', 10, 'ipv6');

/**
 * The one rule for all our far ends, from `HTTPS_PROXY` (for https), `HTTP_PROXY` (for http) and `NO_PROXY`, each also in
 * lower case, which wins. `NO_PROXY` lists hosts (with what is below them), `host:port`, IP addresses, subnets (`10.0.0.0/8`),
 * or `*`. Loopback and link-local addresses never go through a proxy.
 * @throws RangeError that names the variable, never its value, when the address of a proxy cannot be read
 */
export function createProxyRule(env: Environment): ProxyRule {
  const proxies = new Map([
    ['https:', proxyIn(env, 'HTTPS_PROXY')],
    ['http:', proxyIn(env, 'HTTP_PROXY')],
  ]);
  const exceptions = (valueOf(env, 'NO_PROXY') ?? '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(toException);
  return (url) => {
    const { protocol, hostname, port } = new URL(url);
    const place = { host: bare(hostname), port: port === '' ? usualPort(protocol) : port };
    const isDirect = isOnThisMachine(place.host) || exceptions.some((covers) => covers(place));
    return isDirect ? undefined : proxies.get(protocol);
  };
}

interface Place {
  readonly host: string;
  readonly port: string;
}

function valueOf(env: Environment, name: string): string | undefined {
  const values = [env[name.toLowerCase()], env[name]].map((value) => value?.trim() ?? '');
  return values.find((value) => value !== '');
}

function proxyIn(env: Environment, name: string): URL | undefined {
  const value = valueOf(env, name);
  if (value === undefined) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new RangeError(`${name} is not the address of a proxy: it begins with http:// or https://.`);
}

function toException(entry: string): (place: Place) => boolean {
  if (entry === '*') return () => true;
  const subnet = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (subnet !== null) return inSubnet(bare(subnet[1] ?? ''), Number(subnet[2]));
  // Of an IPv6 address the colons are its own, unless it stands in brackets.
  const [, name = '', port] = /^(\[.*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  const suffix = bare(name).replace(/^\*?\./, '');
  const isNamed = (host: string): boolean => host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
  return (place) => suffix !== '' && isNamed(place.host) && (port === undefined || port === place.port);
}

function inSubnet(address: string, bits: number): (place: Place) => boolean {
  const family = isIP(address);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return () => false;
  const subnet = new BlockList();
  subnet.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return ({ host }) => isListed(subnet, host);
}

function isOnThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isListed(NEVER, host);
}

function isListed(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** In lower case, without the brackets of an IPv6 address and the dot that ends an absolute name. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function usualPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}
