import { refuse, type Answer, type Call } from './answers';
import { propertiesOf } from './metadata';

/** Refuses a `$select` that names something the entity type does not have; `undefined` when all is well. */
export function refuseUnknownSelection({ url }: Call, typeName: string): Answer | undefined {
  const known = propertiesOf(typeName) ?? {};
  const names = url.searchParams.get('$select')?.split(',') ?? [];
  const unknown = names.find((name) => known[name.trim()] === undefined);
  return unknown === undefined
    ? undefined
    : refuse(
        400,
        'Request_BadRequest',
        `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.${typeName}'.`,
      );
}
