import { createHttpErasureService } from '../../activities/adapters/erasure-service/http-service';
import type { ErasureService } from '../../activities/ports/erasure-service';
import { Sensitive } from '../../activities/ports/sensitive';
import { startErasureService, type RunningErasureService } from '../../sandbox/erasure-service/service';
import type { StoredRecord } from '../../sandbox/erasure-service/store';
import { guid } from './guid';

/** Secrets as Standard Webhooks has them. */
export const NEW_SECRET = `whsec_${Buffer.alloc(32, 'a-new-secret').toString('base64')}`;
export const OLD_SECRET = `whsec_${Buffer.alloc(32, 'an-old-secret').toString('base64')}`;

const TENANT = guid('1a000000-0000-4000-8000-00000000000a');
export const PERSON = { tenantId: TENANT, objectId: guid('0b000000-0000-4000-8000-00000000000b') };
export const BYSTANDER = { tenantId: TENANT, objectId: guid('0b000000-0000-4000-8000-00000000000c') };
export const STRANGER = { tenantId: TENANT, objectId: guid('0b000000-0000-4000-8000-00000000000d') };
export const CLOSURE_ID = guid('c1000000-0000-4000-8000-00000000000e');

const RECORDS: readonly StoredRecord[] = [
  { what: 'contact', content: 'prefers letters' },
  { what: 'ticket', content: 'one' },
  { what: 'ticket', content: 'two' },
  { what: 'invoice', content: 'paid', keep: { basis: 'legal-obligation', until: '2033-01-01T00:00:00.000Z' } },
];

/** The example service with a person and a bystander in it. */
export function startExampleService(secrets: readonly string[] = [NEW_SECRET]): Promise<RunningErasureService> {
  const people = [PERSON, BYSTANDER].map((account) => ({ ...account, records: RECORDS }));
  return startErasureService({ secrets, people });
}

/** Our side of a service. */
export function serviceAt(baseUrl: string, secrets: readonly string[] = [NEW_SECRET]): ErasureService {
  const address = { baseUrl, secrets: secrets.map((secret) => new Sensitive(secret)) };
  return createHttpErasureService(address, { timeoutMs: 20_000 });
}
