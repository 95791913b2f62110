import { isKnownBasis, type Basis } from '../../workflows/contract/bases';
import type { TargetKind, TargetName, TargetPolicy } from '../../workflows/contract/targets';
import type { TenantSources } from './takeover';
import type { ErasureService } from '../ports/erasure-service';
import type { ErasureTarget } from '../ports/erasure-target';
import { StepNeedsOperatorError } from '../ports/step-faults';
import type { SubjectRows } from '../ports/subject-rows';
import type { HttpDefinition, PostgresDefinition, TargetCatalog, TargetDefinition } from '../ports/target-catalog';
import { createDirectoryTarget } from './directory';
import { createHttpTarget } from './http';
import { createPostgresTarget } from './postgres';

/** What targets are reached by: the directory, and what is made for each database and service. */
export interface TargetSources extends TenantSources {
  readonly rowsOf: (definition: PostgresDefinition) => SubjectRows;
  readonly serviceOf: (definition: HttpDefinition) => ErasureService;
}

/** What a closure knows of itself that a target may need. */
export interface ForClosure {
  /** See `ClosurePolicy.reachedThrough`; absent before the first look at the account. */
  readonly reachedThrough?: string;
}

/** A target of the worker's file. */
export interface FoundTarget {
  readonly policy: TargetPolicy;
  readonly for: (closure: ForClosure) => ErasureTarget;
}

/** All targets of the worker's file. */
export interface Targets {
  /** In the order of the file; the directory account is the last. */
  readonly all: readonly FoundTarget[];
  /** Codes that the file adds to `BASES`, with its own words for them. */
  readonly bases: Readonly<Record<Basis, string>>;
  /** The name of the directory account. */
  readonly directoryName: TargetName;
  readonly find: (name: TargetName) => FoundTarget | undefined;
}

/** The targets of the catalog, on the far ends that they need. `readsLagMs`: of the directory. */
export function createTargets(catalog: TargetCatalog, sources: TargetSources, readsLagMs: number): Targets {
  const { bases } = catalog;
  const codes = Object.keys(bases);
  const isBasis = (code: Basis): boolean => isKnownBasis(code, codes);
  const all = catalog.targets.map((definition) => ({
    policy: policyOf(definition, readsLagMs),
    for: targetOf(definition, sources, isBasis),
  }));
  const directory = catalog.targets.find(({ kind }) => kind === 'directory');
  if (directory === undefined) throw new TypeError('a catalog always has the directory account');
  return {
    all,
    bases,
    directoryName: directory.name,
    find: (name) => all.find(({ policy }) => policy.name === name),
  };
}

/**
 * The target that was promised.
 * @throws StepNeedsOperatorError `TargetUnknown` when the file has no target of that name, `TargetChanged` when it says of it
 * something else than was promised
 */
export function promisedTarget(
  targets: Targets,
  { target, definitionDigest }: { readonly target: TargetName; readonly definitionDigest: string },
): FoundTarget {
  const found = targets.find(target);
  if (found === undefined) throw new StepNeedsOperatorError('TargetUnknown');
  if (found.policy.definitionDigest !== definitionDigest) throw new StepNeedsOperatorError('TargetChanged');
  return found;
}

/** A kind that is not here does not compile. Connections are shared by all closures. */
function targetOf(
  definition: TargetDefinition,
  sources: TargetSources,
  isBasis: (code: Basis) => boolean,
): FoundTarget['for'] {
  switch (definition.kind) {
    case 'directory':
      return ({ reachedThrough }) => createDirectoryTarget({ ...sources, reachedThrough });
    case 'postgres': {
      const target = createPostgresTarget(definition, sources.rowsOf(definition));
      return () => target;
    }
    case 'http': {
      const target = createHttpTarget({ service: sources.serviceOf(definition), isBasis });
      return () => target;
    }
  }
}

const FENCES: Readonly<Record<TargetKind, boolean>> = { directory: true, postgres: false, http: false };

function policyOf(definition: TargetDefinition, directoryLagMs: number): TargetPolicy {
  const { name, kind, after, deadlineMs, rate, definitionDigest } = definition;
  return {
    name,
    kind,
    after,
    deadlineMs,
    readsLagMs: lagOf(definition, directoryLagMs),
    fences: FENCES[kind],
    rateLimited: rate !== undefined,
    definitionDigest,
  };
}

/** A database says what was committed; of a service the file says how far its answers lag. */
function lagOf(definition: TargetDefinition, directoryLagMs: number): number {
  switch (definition.kind) {
    case 'directory':
      return directoryLagMs;
    case 'postgres':
      return 0;
    case 'http':
      return definition.readsLagMs;
  }
}
