import graphMetadata from './graph-metadata.json';
import { isGuid } from './identifiers';

interface Property {
  readonly type: string;
  readonly nullable: boolean;
}

interface EntityType {
  readonly base?: string;
  readonly properties: Readonly<Record<string, Property>>;
}

const TYPES: Readonly<Record<string, EntityType>> = graphMetadata.types;
const ENUMS: Readonly<Record<string, readonly string[]>> = graphMetadata.enums;

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  'Edm.String': (value) => typeof value === 'string',
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Guid': (value) => typeof value === 'string' && isGuid(value),
  'Edm.DateTimeOffset': (value) => typeof value === 'string' && DATE_TIME.test(value),
  // The one licence: the documents call `progress` "String (double)", so a number in quotes counts as a double.
  'Edm.Double': (value) => typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)),
  'Collection(Edm.String)': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The properties of an entity type, its base types' included; `undefined` when the cut of the metadata has no such type. */
export function propertiesOf(typeName: string): Readonly<Record<string, Property>> | undefined {
  const type = TYPES[typeName];
  if (type === undefined) {
    return undefined;
  }
  return { ...(type.base === undefined ? {} : propertiesOf(type.base)), ...type.properties };
}

function fits({ type, nullable }: Property, value: unknown): boolean {
  if (value === null) {
    return nullable;
  }
  const members = ENUMS[type];
  return members === undefined
    ? PRIMITIVES[type]?.(value) === true
    : typeof value === 'string' && members.includes(value);
}

/**
 * Where a resource differs from its entity type in the metadata, as lines like `user.accountEnabled: not Edm.Boolean`.
 * Annotations (`@odata…`) are passed over. Missing properties are no deviation: `$select` leaves them out.
 */
export function deviationsOf(typeName: string, resource: unknown): readonly string[] {
  const properties = propertiesOf(typeName);
  if (properties === undefined || !isObject(resource)) {
    return [`${typeName}: ${properties === undefined ? 'not in the metadata' : 'not an object'}`];
  }
  return Object.entries(resource).flatMap(([name, value]) => {
    if (name.startsWith('@odata.')) {
      return [];
    }
    const property = properties[name];
    if (property === undefined) {
      return [`${typeName}.${name}: not in the metadata`];
    }
    return fits(property, value) ? [] : [`${typeName}.${name}: not ${property.type}${value === null ? ' (null)' : ''}`];
  });
}

/** The declared type of a resource, from its `@odata.type`, else the one that the answer's context implies. */
function typeOf(resource: unknown, implied: string): string {
  const declared = isObject(resource) ? resource['@odata.type'] : undefined;
  return typeof declared === 'string' ? declared.replace('#microsoft.graph.', '') : implied;
}

const IMPLIED_TYPES: readonly (readonly [suffix: RegExp, typeName: string])[] = [
  [/appRoleAssignments$/, 'appRoleAssignment'],
  [/oauth2PermissionGrants$/, 'oAuth2PermissionGrant'],
  [/dataPolicyOperations(\/\$entity)?$/, 'dataPolicyOperation'],
  [/users(\/\$entity)?$/, 'user'],
  [/directoryRoles$/, 'directoryRole'],
  [/directoryObjects(\/\$entity)?$/, 'directoryObject'],
];

/** What the context of an answer names, without the selection: `users/$entity`, `directoryObjects`, `Edm.Boolean`. */
function subjectOf(body: Readonly<Record<string, unknown>>): string | undefined {
  const context = body['@odata.context'];
  return typeof context === 'string'
    ? context.slice(context.indexOf('#') + 1).replace(/\([^)]*\)(?=\/\$entity$|$)/, '')
    : undefined;
}

function deviationsOfResources(body: Readonly<Record<string, unknown>>, subject: string): readonly string[] {
  const implied = IMPLIED_TYPES.find(([suffix]) => suffix.test(subject))?.[1] ?? subject;
  const resources = subject.endsWith('$entity') ? [body] : body['value'];
  return Array.isArray(resources)
    ? resources.flatMap((resource: unknown) => deviationsOf(typeOf(resource, implied), resource))
    : ['answer: no value'];
}

/**
 * Where the body of a successful Graph answer differs from the metadata. Bodies of actions (context `$metadata#Edm.Boolean`)
 * hold a bare value and are judged by it.
 */
export function deviationsOfAnswer(body: unknown): readonly string[] {
  const subject = isObject(body) ? subjectOf(body) : undefined;
  if (!isObject(body) || subject === undefined) {
    return ['answer: no @odata.context'];
  }
  if (subject === 'Edm.Boolean') {
    return typeof body['value'] === 'boolean' ? [] : ['answer: not Edm.Boolean'];
  }
  return deviationsOfResources(body, subject);
}
