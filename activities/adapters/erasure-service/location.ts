import { isNaming } from './opaque-codes';

/** It is kept between two looks: it has to be an address, not a store. */
const MAX_LENGTH = 512;

/** Where to look again, as a path with its query on the service's own origin; or why not there: a fixed text. */
export type Whereabouts =
  { readonly kind: 'path'; readonly path: string } | { readonly kind: 'odd'; readonly oddity: string };

/** What the `Location` of an answer to this URL means. `ids`: those of the person, which must not be in it. */
export function readLocation(header: string | null, url: string, ids: readonly string[]): Whereabouts {
  if (header === null || header.trim() === '') return odd('an accepted erasure has no Location');
  if (!URL.canParse(header, url)) return odd('its Location is no URL');
  const location = new URL(header, url);
  if (location.origin !== new URL(url).origin) return odd('its Location is on another origin');
  const path = `${location.pathname}${location.search}`;
  if (path.length > MAX_LENGTH) return odd('its Location is too long');
  return isNaming(path, ids) ? odd('its Location names the person') : { kind: 'path', path };
}

/** The URL of a location that was kept. `undefined`: it is none of this origin. */
export function toUrl(location: string, baseUrl: string): string | undefined {
  // `//host/…` and `/\host/…` would be somebody else's.
  if (!location.startsWith('/') || !URL.canParse(location, baseUrl)) return undefined;
  const url = new URL(location, baseUrl);
  return url.origin === new URL(baseUrl).origin ? url.href : undefined;
}

function odd(oddity: string): Whereabouts {
  return { kind: 'odd', oddity };
}
