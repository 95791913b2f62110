import { guidOf } from './identifiers';
import type { SamplePerson } from './people';

/** The kinds of directory objects that hang on accounts here. */
type ObjectKind = 'group' | 'application' | 'servicePrincipal' | 'directoryRole';

/** A directory object that is not a user. */
export interface DirectoryThing {
  readonly kind: ObjectKind;
  readonly id: string;
  readonly displayName: string;
}

/** An app role given to the person, or to a group that the person is in. */
export interface AppRole {
  readonly id: string;
  readonly principalId: string;
  readonly principalType: 'User' | 'Group';
  readonly resourceId: string;
  readonly resourceDisplayName: string;
}

/** A consent that the person gave to an application. */
export interface Consent {
  readonly id: string;
  readonly clientId: string;
  readonly principalId: string;
  readonly resourceId: string;
  readonly scope: string;
}

/** What hangs on an account. The same person always has the same. */
export interface Holdings {
  readonly memberOf: readonly DirectoryThing[];
  /** With everything that the groups are in themselves. */
  readonly transitiveMemberOf: readonly DirectoryThing[];
  readonly owned: readonly DirectoryThing[];
  readonly appRoles: readonly AppRole[];
  readonly consents: readonly Consent[];
}

function thing(kind: ObjectKind, displayName: string, scope: string): DirectoryThing {
  return { kind, id: guidOf(`${kind}/${displayName}/${scope}`), displayName };
}

function memberships({ tenantId, traits }: SamplePerson): Pick<Holdings, 'memberOf' | 'transitiveMemberOf'> {
  const isAdministrator = traits.includes('administrator');
  const direct = ['Everybody', 'Reading circle', isAdministrator ? 'Help desk' : 'Chess club'];
  const memberOf = direct.map((name) => thing('group', name, tenantId));
  const parent = thing('group', 'All groups', tenantId);
  const role = thing('directoryRole', 'Groups Administrator', tenantId);
  return { memberOf, transitiveMemberOf: [...memberOf, parent, ...(isAdministrator ? [role] : [])] };
}

function ownerships({ tenantId, objectId, traits }: SamplePerson): readonly DirectoryThing[] {
  const shared = traits.includes('co-owner') ? [thing('group', 'Shared notes', tenantId)] : [];
  const sole = traits.includes('sole-owner')
    ? [thing('group', 'Own project', objectId), thing('application', 'Own tool', objectId)]
    : [];
  return [...shared, ...sole];
}

/** What hangs on the person's account. */
export function holdingsOf(person: SamplePerson): Holdings {
  const { objectId, tenantId } = person;
  const groups = memberships(person);
  const resource = (name: string): DirectoryThing => thing('servicePrincipal', name, tenantId);
  const appRole = (name: string, principal: Pick<AppRole, 'principalId' | 'principalType'>): AppRole => ({
    id: guidOf(`app-role/${name}/${objectId}`),
    ...principal,
    resourceId: resource(name).id,
    resourceDisplayName: name,
  });
  const self = { principalId: objectId, principalType: 'User' } as const;
  const group = { principalId: groups.memberOf[0]?.id ?? objectId, principalType: 'Group' } as const;
  const consent = (name: string, scope: string): Consent => ({
    id: guidOf(`consent/${name}/${objectId}`),
    clientId: resource(name).id,
    principalId: objectId,
    resourceId: resource('Microsoft Graph').id,
    scope,
  });
  return {
    ...groups,
    owned: ownerships(person),
    appRoles: [appRole('Canteen', group), appRole('Notes', self), appRole('Travel', self)],
    consents: [consent('Notes', 'openid profile'), consent('Travel', 'User.Read'), consent('Canteen', 'email')],
  };
}
