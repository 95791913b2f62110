/**
 * What stands in the place of a payload that cannot be decoded. A payload like that fails the Workflow Task for ever under
 * the default converter, and anybody with access to the namespace can send one; this value can be looked at and dropped.
 */
export const UNDECODABLE = Object.freeze({ undecodable: true as const });

/** Whether a decoded value is that marker. */
export function isUndecodable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'undecodable' in value && value.undecodable === true;
}
