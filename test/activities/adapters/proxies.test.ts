import { describe, expect, it } from '@jest/globals';
import { createProxyRule, type Environment } from '../../../activities/adapters/proxies';

const PROXY = 'http://proxy.example:3128';

function proxyFor(env: Environment, url: string): string | undefined {
  return createProxyRule(env)(url)?.href;
}

describe('The proxy of a URL', () => {
  it('is none without the variables', () => {
    expect(proxyFor({}, 'https://graph.example/v1.0')).toBeUndefined();
    expect(proxyFor({ HTTPS_PROXY: ' ', https_proxy: '' }, 'https://graph.example/v1.0')).toBeUndefined();
  });

  it('is that of its scheme', () => {
    const env = { HTTPS_PROXY: 'http://one.example:1', HTTP_PROXY: 'http://two.example:2' };

    expect(proxyFor(env, 'https://graph.example/')).toBe('http://one.example:1/');
    expect(proxyFor(env, 'http://graph.example/')).toBe('http://two.example:2/');
    expect(proxyFor({ HTTP_PROXY: PROXY }, 'https://graph.example/')).toBeUndefined();
  });

  it('is named in small letters where both are there, and may lack its scheme', () => {
    const env = { HTTPS_PROXY: 'http://large.example', https_proxy: 'small.example:3128' };

    expect(proxyFor(env, 'https://graph.example/')).toBe('http://small.example:3128/');
  });

  it.each([
    'http://localhost:10000/',
    'http://azurite.localhost/',
    'http://127.0.0.1:10000/',
    'http://127.9.9.9/',
    'http://[::1]:10000/',
    'http://169.254.169.254/metadata',
  ])('is never asked for %s: there it would be somebody else', (url) => {
    expect(proxyFor({ HTTP_PROXY: PROXY }, url)).toBeUndefined();
  });

  it.each([
    ['*', 'https://graph.example/'],
    ['graph.example', 'https://graph.example/'],
    ['GRAPH.example.', 'https://graph.example/'],
    ['example', 'https://graph.example/'],
    ['.example', 'https://graph.example/'],
    ['*.example', 'https://graph.example/'],
    ['other.example, graph.example', 'https://graph.example/'],
    ['other.example graph.example', 'https://graph.example/'],
    ['graph.example:443', 'https://graph.example/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443/'],
    ['fd00::/8', 'https://[fd00::1]/'],
    ['fd00::1', 'https://[fd00::1]/'],
    ['[fd00::1]:443', 'https://[fd00::1]/'],
  ])('is none with NO_PROXY=%s for %s', (noProxy, url) => {
    expect(proxyFor({ HTTPS_PROXY: PROXY, NO_PROXY: noProxy }, url)).toBeUndefined();
    expect(proxyFor({ HTTPS_PROXY: PROXY, no_proxy: noProxy }, url)).toBeUndefined();
  });

  it.each([
    ['', 'https://graph.example/'],
    [',', 'https://graph.example/'],
    ['raph.example', 'https://graph.example/'],
    ['graph.example.org', 'https://graph.example/'],
    ['graph.example:8443', 'https://graph.example/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/8', 'https://10.example/'],
    ['10.0.0.0/99', 'https://10.1.2.3/'],
    ['1.2.3', 'https://10.1.2.3/'],
    ['graph/8', 'https://graph.example/'],
  ])('is there with NO_PROXY=%s for %s', (noProxy, url) => {
    expect(proxyFor({ HTTPS_PROXY: PROXY, NO_PROXY: noProxy }, url)).toBe(`${PROXY}/`);
  });

  it.each(['socks5://kanarienvogel:1080', 'http://kana rien vogel', 'ftp://kanarienvogel'])(
    'has to be one that we can use, and is not quoted: %#',
    (value) => {
      const create = (): unknown => createProxyRule({ HTTPS_PROXY: value });

      expect(create).toThrow(RangeError);
      expect(create).toThrow(/^HTTPS_PROXY is not/);
      expect(create).not.toThrow(/kana/);
    },
  );
});
