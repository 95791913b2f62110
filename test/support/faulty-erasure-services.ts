import { isSigned } from '../../sandbox/erasure-service/signature';
import { startAnsweringServer, type AnsweringServer, type ArrivedRequest, type Reply } from './answering-server';
import { NEW_SECRET } from './erasure-services';

const PROBLEM = { 'content-type': 'application/problem+json' };
/** Nothing is held, or there was nothing to erase. */
export const NOTHING = { body: { items: [] } };
/** A refusal with a problem. */
export const refused = (status: number): Reply => ({ status, headers: PROBLEM, body: { title: 'no' } });

/** Where a service differs from one that is right. */
export interface Defects {
  readonly isWelcome?: (request: ArrivedRequest) => boolean;
  readonly unsigned?: Reply;
  readonly lookup?: (body: string) => Reply | undefined;
  readonly erasure?: (request: ArrivedRequest, seen: number) => Reply | undefined;
  readonly state?: (request: ArrivedRequest) => Reply;
  readonly other?: Reply;
}

/** Whether it is signed with our secret, now. */
export const isOurs = (request: ArrivedRequest): boolean => isSigned(request, [NEW_SECRET], new Date());

/** Whether the text is a JSON object with this field. */
export function isJsonWith(body: string, field: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && field in value;
  } catch {
    return false;
  }
}

/** Starts a service that is right but for these defects. */
export function startFaultyService(defects: Defects): Promise<AnsweringServer> {
  const { isWelcome = isOurs, unsigned = refused(401), other = refused(404) } = defects;
  const seen = new Map<string, number>();
  const usual = (body: string): Reply => (isJsonWith(body, 'subject') ? NOTHING : refused(400));
  const lookup = (body: string): Reply => defects.lookup?.(body) ?? usual(body);
  const state = (request: ArrivedRequest): Reply => defects.state?.(request) ?? refused(401);
  const erasure = (request: ArrivedRequest): Reply => {
    const key = String(request.headers['idempotency-key']);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return defects.erasure?.(request, seen.get(key) ?? 0) ?? usual(request.body);
  };
  return startAnsweringServer((request) => {
    const { path, body } = request;
    if (path.startsWith('/jobs/')) return state(request);
    if (!isWelcome(request)) return unsigned;
    if (path === '/lookups') return lookup(body);
    return path === '/erasures' ? erasure(request) : other;
  });
}
