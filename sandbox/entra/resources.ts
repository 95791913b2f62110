import type { DirectoryUser, Place } from './directory';
import type { AppRole, Consent, DirectoryThing } from './holdings';

/** What Graph returns of a user when nothing is selected. */
export const DEFAULT_USER_PROPERTIES =
  'businessPhones,displayName,givenName,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,surname,userPrincipalName,id';

const CREATED_AT = '2025-06-01T08:00:00Z';

function deletedAtOf({ moves }: DirectoryUser): string | null {
  const move = moves.findLast(({ place }) => place === 'deleted');
  return move === undefined ? null : new Date(move.atMs).toISOString();
}

/** The sign-in address: of a deleted user with the object id, without dashes, before it. */
function principalNameOf({ person }: DirectoryUser, place: Place): string {
  return place === 'live' ? person.address : `${person.objectId.replaceAll('-', '')}${person.address}`;
}

/** A user as Graph writes it, with every property that the metadata cut knows. */
export function userResource(user: DirectoryUser, place: Place): Record<string, unknown> {
  const { person } = user;
  const [givenName = null, surname = null] = person.name.split(' ');
  const isGuest = person.traits.includes('guest');
  return {
    businessPhones: [],
    displayName: person.name,
    givenName,
    jobTitle: null,
    mail: isGuest ? null : person.address,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname,
    userPrincipalName: principalNameOf(user, place),
    id: person.objectId,
    accountEnabled: user.isEnabled,
    createdDateTime: CREATED_AT,
    creationType: isGuest ? 'Invitation' : 'EmailVerified',
    userType: isGuest ? 'Guest' : 'Member',
    signInSessionsValidFromDateTime: user.sessionsValidFrom,
    deletedDateTime: place === 'live' ? null : deletedAtOf(user),
  };
}

/** A group, application, service principal or role as Graph writes it in a collection of directory objects. */
export function thingResource({ kind, id, displayName }: DirectoryThing): Record<string, unknown> {
  return { '@odata.type': `#microsoft.graph.${kind}`, id, deletedDateTime: null, displayName };
}

/** An app role assignment as Graph writes it. */
export function appRoleResource(role: AppRole): Record<string, unknown> {
  return {
    id: role.id.replaceAll('-', ''),
    deletedDateTime: null,
    // All zeros: the application defines no roles of its own.
    appRoleId: '00000000-0000-0000-0000-000000000000',
    createdDateTime: CREATED_AT,
    principalDisplayName: null,
    principalId: role.principalId,
    principalType: role.principalType,
    resourceDisplayName: role.resourceDisplayName,
    resourceId: role.resourceId,
  };
}

/** A delegated consent as Graph writes it. */
export function consentResource(consent: Consent): Record<string, unknown> {
  return { ...consent, id: consent.id.replaceAll('-', ''), consentType: 'Principal' };
}
