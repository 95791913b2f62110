import { describe, expect, it } from '@jest/globals';
import { temporalProxy } from '../../worker/proxy';

const through = (proxy: string) => (): URL => new URL(proxy);

describe('The proxy to Temporal', () => {
  it.each([
    ['http://proxy.example:3128', { targetHost: 'proxy.example:3128' }],
    ['http://proxy.example', { targetHost: 'proxy.example:80' }],
    ['http://[::1]:3128', { targetHost: '[::1]:3128' }],
    [
      'http://somebody:p%40ss@proxy.example:3128',
      { targetHost: 'proxy.example:3128', basicAuth: { username: 'somebody', password: 'p@ss' } },
    ],
  ])('is asked to CONNECT: %s', (proxy, expected) => {
    expect(temporalProxy({ address: 'temporal.example:7233' }, through(proxy))).toEqual({
      type: 'http-connect',
      ...expected,
    });
  });

  it('is none when the rule has none for that address', () => {
    expect(temporalProxy({}, () => undefined)).toBeUndefined();
  });

  it.each([
    [{ address: 'temporal.example:7233' }, 'http://temporal.example:7233'],
    [{ address: 'temporal.example:7233', tls: true }, 'https://temporal.example:7233'],
    [{ address: 'temporal.example:7233', tls: {} }, 'https://temporal.example:7233'],
    [{ address: 'temporal.example:7233', apiKey: 'key' }, 'https://temporal.example:7233'],
    [{ address: 'temporal.example:7233', apiKey: 'key', tls: false }, 'http://temporal.example:7233'],
    [{}, 'http://localhost:7233'],
  ])('is that of the address as it is reached: %j', (settings, url) => {
    const asked: string[] = [];
    temporalProxy(settings, (one) => {
      asked.push(one);
      return undefined;
    });

    expect(asked).toEqual([url]);
  });

  it('cannot be one that is itself reached by TLS, which is said without its address', () => {
    expect(() => temporalProxy({}, through('https://proxy.example'))).toThrow(
      /^Temporal can be reached through an http/,
    );
  });
});
