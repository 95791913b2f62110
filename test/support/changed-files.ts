import type { TargetDefinition } from '../../activities/ports/target-catalog';
import type { FakeWorld } from './fake-world';

/** What somebody does to a targets file. */
export type FileChange = (world: FakeWorld) => void;

/** All of these, at once. */
export function all(...changes: readonly FileChange[]): FileChange {
  return (world) => {
    for (const change of changes) change(world);
  };
}

/** Says of the target something else than before. */
export function saysOf(
  name: string,
  changes: Partial<Pick<TargetDefinition, 'definitionDigest' | 'deadlineMs'>>,
): FileChange {
  return (world) => {
    rewrite(world, (target) => [target.name === name ? { ...target, ...changes } : target]);
  };
}

/** Another table, condition or action of the target: another promise. */
export function describedOtherwise(name: string): FileChange {
  return saysOf(name, { definitionDigest: 'aa'.repeat(32) });
}

/** The target is in the file no more. */
export function gone(name: string): FileChange {
  return (world) => {
    rewrite(world, (target) => (target.name === name ? [] : [target]));
  };
}

/** A target that the file did not have. */
export function added(name: string): FileChange {
  return (world) => {
    world.withService(name);
  };
}

/** The target is called otherwise. */
export function renamed(name: string, newName: string): FileChange {
  return all(gone(name), added(newName));
}

/** The file as it is now, to be put back. */
export function asItIs({ catalog }: FakeWorld): FileChange {
  return (world) => {
    world.catalog = catalog;
  };
}

function rewrite(world: FakeWorld, change: (target: TargetDefinition) => readonly TargetDefinition[]): void {
  world.catalog = { ...world.catalog, targets: world.catalog.targets.flatMap(change) };
}

/** Three systems of a file. */
export const THREE = ['shop', 'crm', 'mail'];
/** Each of the three otherwise, and one more. */
export const OTHERWISE = all(describedOtherwise('shop'), gone('crm'), renamed('mail', 'letters'), added('wiki'));
/** What each of the three then waits with. */
export const FAULTS = { shop: 'TargetChanged', crm: 'TargetUnknown', mail: 'TargetUnknown' };
