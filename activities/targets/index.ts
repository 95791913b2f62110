import type { TargetName } from '../../workflows/contract/targets';
import type { Directory } from '../ports/directory';
import type { ErasureTarget } from '../ports/erasure-target';
import { createDirectoryTarget } from './directory-account';

/** Every erasure target by its name: a missing one does not compile. */
export type ErasureTargets = Readonly<Record<TargetName, ErasureTarget>>;

/** All targets, on the ports they need. */
export function createTargets({ directory }: { readonly directory: Directory }): ErasureTargets {
  return { directory: createDirectoryTarget(directory) };
}

/** The target of that name. */
export function targetNamed(targets: ErasureTargets, name: TargetName): ErasureTarget {
  return targets[name];
}
