import { DIRECTORY_ALONE } from '../activities/adapters/targets-file/definitions';
import { readTargetsFile } from '../activities/adapters/targets-file/read-targets-file';
import type { TargetCatalog } from '../activities/ports/target-catalog';
import { ConfigError } from './config';

/** The targets of this worker. */
export interface LoadedTargets {
  readonly catalog: TargetCatalog;
  /** Identifiers are kept sealed for them. */
  readonly needsSealingKey: boolean;
}

/**
 * Reads the targets file, once: a changed file acts when the worker is started again. Without one the directory account is the
 * only target.
 * @throws ConfigError with a line for each error of the file, with its place; warnings are for `closure targets check`
 */
export async function loadTargets(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadedTargets> {
  if (file === undefined) return { catalog: DIRECTORY_ALONE, needsSealingKey: false };
  const read = await readTargetsFile(file, environment);
  if (read.kind === 'complete') return read;
  const errors = read.problems.filter(({ severity }) => severity === 'error');
  throw new ConfigError(
    errors.map(
      ({ line, column, message }) => `CLOSURE_TARGETS line ${String(line)}, column ${String(column)}: ${message}`,
    ),
  );
}
