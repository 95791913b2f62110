import { ANALYTICAL, BLETCHLEY, NAVY, SUBSTITUTION, type SampleTenant } from './tenants';

/** What sets a person apart from an ordinary member. */
export type PersonTrait =
  /** Sign-in is blocked. */
  | 'sign-in-blocked'
  /** Has a directory role, through a group. */
  | 'administrator'
  | 'guest'
  /** Is the only owner of a group and of an application. */
  | 'sole-owner'
  /** Owns a group together with others of the tenant. */
  | 'co-owner'
  /** An export finds nothing. */
  | 'empty-export';

/** A person with an account in the stand-in. */
export interface SamplePerson {
  readonly name: string;
  /** What the person is good for in a trial, in one line. */
  readonly about: string;
  readonly tenantId: string;
  readonly objectId: string;
  /** The sign-in address (UPN). */
  readonly address: string;
  readonly traits: readonly PersonTrait[];
}

interface Sketch {
  readonly number: number;
  readonly name: string;
  readonly about: string;
  readonly traits?: readonly PersonTrait[];
}

function personOf(tenant: SampleTenant, { number, name, about, traits = [] }: Sketch): SamplePerson {
  const [given = name] = name.split(' ');
  return {
    name,
    about,
    tenantId: tenant.id,
    objectId: `0b000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    address: `${given.toLowerCase()}@${tenant.domain}`,
    traits,
  };
}

/** May close the account; shares a group with other owners. */
export const ADA = personOf(ANALYTICAL, {
  number: 1,
  name: 'Ada Lovelace',
  about: 'may close the account',
  traits: ['co-owner'],
});

/** In a managed tenant: has to ask the administrator. */
export const GRACE = personOf(NAVY, { number: 2, name: 'Grace Hopper', about: 'the tenant is managed' });

/** In a federated tenant: has to ask the administrator. */
export const BARBARA = personOf(SUBSTITUTION, { number: 3, name: 'Barbara Liskov', about: 'the tenant is federated' });

/** Sign-in was blocked before anything was asked. */
export const RADIA = personOf(ANALYTICAL, {
  number: 4,
  name: 'Radia Perlman',
  about: 'sign-in is blocked',
  traits: ['sign-in-blocked'],
});

/** Has a directory role, through a group. */
export const FRANCES = personOf(ANALYTICAL, {
  number: 5,
  name: 'Frances Allen',
  about: 'has an administrator role',
  traits: ['administrator'],
});

/** The only owner of a group and of an application. */
export const KAREN = personOf(ANALYTICAL, {
  number: 6,
  name: 'Karen Jones',
  about: 'sole owner of a group and of an application',
  traits: ['sole-owner', 'co-owner'],
});

/** A guest, whose UPN is made from the address at home. */
export const HEDY: SamplePerson = {
  ...personOf(ANALYTICAL, { number: 7, name: 'Hedy Lamarr', about: 'a guest of the tenant', traits: ['guest'] }),
  address: 'hedy_guests.example#EXT#@analytical.example',
};

/** May close the account; the export is empty. */
export const MARGARET = personOf(BLETCHLEY, {
  number: 8,
  name: 'Margaret Hamilton',
  about: 'may close the account; the export is empty',
  traits: ['empty-export'],
});

/** May close the account; shares a group with other owners. */
export const DOROTHY = personOf(ANALYTICAL, {
  number: 9,
  name: 'Dorothy Vaughan',
  about: 'may close the account',
  traits: ['co-owner'],
});

/** May close the account; in the tenant that answers the older way. */
export const JOAN = personOf(BLETCHLEY, { number: 10, name: 'Joan Clarke', about: 'may close the account' });

const OTHERS = ['Katherine Johnson', 'Mary Jackson', 'Annie Easley', 'Evelyn Boyd'].map((name, index) =>
  personOf(ANALYTICAL, { number: 11 + index, name, about: 'may close the account' }),
);

/** Everybody that the stand-in knows from the start. */
export const SAMPLE_PEOPLE: readonly SamplePerson[] = [
  ADA,
  GRACE,
  BARBARA,
  RADIA,
  FRANCES,
  KAREN,
  HEDY,
  MARGARET,
  DOROTHY,
  JOAN,
  ...OTHERS,
];
