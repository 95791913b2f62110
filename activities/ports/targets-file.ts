import type { TargetKind, TargetName } from '../../workflows/contract/targets';
import type { TargetCatalog, TargetDefinition } from './target-catalog';

/** What is wrong with a target as it is described, or deserves a look. */
export interface TargetProblem {
  /** With an error nothing is started; a warning is for somebody to read. */
  readonly severity: 'error' | 'warning';
  /** Where: `tables[3].where`. Absent or empty: the whole. */
  readonly path?: string;
  /** What is wrong and what to do, in words. Never a secret, never the value that was written. */
  readonly message: string;
}

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A problem, and where in the file it is; `path` counts from the top: `targets[0].tables[3].where`. */
export interface PlacedProblem extends TargetProblem, Place {}

/** A target as far as its place in the order goes. */
export interface OutlinedTarget {
  readonly name: TargetName;
  readonly kind: TargetKind;
  readonly after: readonly TargetName[];
}

/** What was read of a targets file. */
export type TargetsFile = {
  /** All that was found, in the order of the file. */
  readonly problems: readonly PlacedProblem[];
  /** The targets in the order of the file, the directory account last; empty when no order can be told. */
  readonly outline: readonly OutlinedTarget[];
} & (
  | { readonly kind: 'refused' }
  | {
      /** No problem is an error. */
      readonly kind: 'complete';
      readonly catalog: TargetCatalog;
      /** Identifiers are kept for later steps: some database is asked for the person's key, or sets keyed hashes. */
      readonly needsSealingKey: boolean;
      /** Turns a problem of one definition into one of the file. */
      readonly placed: (target: TargetName, problem: TargetProblem) => PlacedProblem;
    }
);

/** Reads a targets file. Whatever is wrong with it is in the result: nothing is thrown for it. */
export type ReadTargetsFile = (path: string) => Promise<TargetsFile>;

/** Looks into the far end that a definition describes, and says what of it cannot be done there. Reads only. */
export type CheckDefinition = (definition: TargetDefinition, signal: AbortSignal) => Promise<readonly TargetProblem[]>;
