import type { StoredPerson } from './store';

const TENANT = '1a000000-0000-4000-8000-000000000001';

/** Of whom the service holds something when it runs alone: Ada of the sample directory, and a bystander. */
export const CUSTOMERS: readonly StoredPerson[] = [
  {
    tenantId: TENANT,
    objectId: '0b000000-0000-4000-8000-000000000001',
    records: [
      { what: 'contact', content: 'prefers letters' },
      { what: 'ticket', content: 'asks about the engine' },
      { what: 'ticket', content: 'asks about the engine again' },
      {
        what: 'invoice',
        content: 'one engine',
        keep: { basis: 'legal-obligation', until: '2033-01-01T00:00:00.000Z' },
      },
    ],
  },
  {
    tenantId: TENANT,
    objectId: '0b000000-0000-4000-8000-000000000002',
    records: [
      { what: 'contact', content: 'prefers the telephone' },
      { what: 'ticket', content: 'asks about nothing' },
    ],
  },
];
