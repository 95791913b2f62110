import type { Agent as NodeAgent } from 'node:http';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { Agent, fetch, ProxyAgent, type Dispatcher } from 'undici';
import type { Fetch } from './http';
import { createProxyRule, type Environment, type ProxyRule } from './proxies';

/** The agent of Node.js that a URL is to be reached through; `undefined`: the usual one, without a proxy. */
export type AgentRule = (url: string) => NodeAgent | undefined;

/** The ways out of this process. All of them obey one rule. */
export interface Outbound {
  /** For whoever makes connections by other means. */
  readonly proxyFor: ProxyRule;
  /** For adapters of ours. */
  readonly fetch: Fetch;
  /** For the libraries of Azure, which would read the variables by another rule. */
  readonly agentFor: AgentRule;
}

/**
 * The ways out that the environment's proxy variables leave (`createProxyRule`). Connects to nothing yet.
 * @throws RangeError as `createProxyRule`
 */
export function createOutbound(env: Environment): Outbound {
  const proxyFor = createProxyRule(env);
  return { proxyFor, fetch: createFetch(proxyFor), agentFor: createAgentRule(proxyFor) };
}

/** The `fetch` of undici: the built-in one has no say over its dispatcher that holds for every version of Node.js. */
function createFetch(proxyFor: ProxyRule): Fetch {
  const direct = new Agent();
  const through = keptByProxy<Dispatcher>((proxy) => new ProxyAgent(proxy.href));
  return (url, init) => {
    const proxy = proxyFor(url);
    return fetch(url, { ...init, dispatcher: proxy === undefined ? direct : through(proxy) });
  };
}

function createAgentRule(proxyFor: ProxyRule): AgentRule {
  const forHttp = keptByProxy<NodeAgent>((proxy) => new HttpProxyAgent(proxy));
  const forHttps = keptByProxy<NodeAgent>((proxy) => new HttpsProxyAgent(proxy));
  return (url) => {
    const proxy = proxyFor(url);
    if (proxy === undefined) return undefined;
    return url.startsWith('https:') ? forHttps(proxy) : forHttp(proxy);
  };
}

function keptByProxy<T>(make: (proxy: URL) => T): (proxy: URL) => T {
  const made = new Map<string, T>();
  return (proxy) => {
    const known = made.get(proxy.href) ?? make(proxy);
    made.set(proxy.href, known);
    return known;
  };
}
