import type { Command } from 'commander';
import { PortFault } from '../../activities/ports/faults';
import type { TargetDefinition } from '../../activities/ports/target-catalog';
import type { CheckDefinition, PlacedProblem, TargetsFile } from '../../activities/ports/targets-file';
import { jsonOption } from '../arguments';
import { CheckFailedError, CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printable, toCount, toJsonLine } from '../output';
import { toOrder, toTree } from '../targets-order';

interface CheckFlags {
  readonly offline?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Tells all problems at once, each with its line and column. Errors end with exit code 3; warnings are for you to judge. What the
file refers to has to be there: the variables and files that it names. Databases are looked into, and nothing in them is changed.

Examples:
  $ closure targets check targets.yaml
  $ closure targets check targets.yaml --offline
  $ CLOSURE_TARGETS=targets.yaml closure targets check --json
`;

/** `closure targets check`: what is wrong with a targets file, and the order of erasure. */
export function defineTargetsCheckCommand(targets: Command, deps: CliDependencies): void {
  targets
    .command('check')
    .description('Check a targets file, and show the order of erasure')
    .argument('[file]', 'the targets file (default: CLOSURE_TARGETS)')
    .option('--offline', 'do not look into the databases')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, { offline = false, json = false }: CheckFlags) => {
      const file = neededFile(given ?? deps.env['CLOSURE_TARGETS']);
      const read = await deps.readTargets(file);
      const inDatabases = offline ? [] : await problemsInDatabases(read, deps);
      const problems = [...read.problems, ...inDatabases].toSorted(inOrderOfTheFile);
      const answer = { file, order: toOrder(read.outline), problems };
      if (!json) deps.out(toText(answer));
      assertSound(answer);
      if (json) deps.out(toJsonLine(answer));
    });
}

interface Answer {
  readonly file: string;
  readonly order: ReturnType<typeof toOrder>;
  readonly problems: readonly PlacedProblem[];
}

function neededFile(file: string | undefined): string {
  if (file !== undefined && file !== '') return file;
  throw new CliError('wrong-usage', 'A file is needed: closure targets check FILE, or CLOSURE_TARGETS.');
}

/** As a file with errors describes nothing for certain, it is not taken to any database. */
async function problemsInDatabases(
  read: TargetsFile,
  { checkTarget, signal }: CliDependencies,
): Promise<readonly PlacedProblem[]> {
  if (read.kind === 'refused') return [];
  const looks = read.catalog.targets.map(async (definition) => {
    const problems = await problemsIn(definition, checkTarget, signal);
    return problems.map((problem) => read.placed(definition.name, problem));
  });
  return (await Promise.all(looks)).flat();
}

async function problemsIn(
  definition: TargetDefinition,
  check: CheckDefinition,
  signal: AbortSignal,
): ReturnType<CheckDefinition> {
  try {
    return await check(definition, signal);
  } catch (error) {
    if (!(error instanceof PortFault)) throw error;
    const message = `${error.message} So nothing is known of what is there; --offline leaves it out.`;
    return [{ severity: 'error', message }];
  }
}

function inOrderOfTheFile(one: PlacedProblem, other: PlacedProblem): number {
  return one.line - other.line || one.column - other.column;
}

function assertSound(answer: Answer): void {
  const errors = answer.problems.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return;
  throw new CheckFailedError('targets-refused', `The targets file has ${toCount(errors, 'error')}.`, answer);
}

function toText({ file, order, problems }: Answer): string {
  const lines = problems.map(
    ({ line, column, severity, message }) => `${printable(`${file}:${line}:${column}: ${severity}: ${message}`)}\n`,
  );
  const tree = order.length === 0 ? '' : `Order of erasure\n${toTree(order)}`;
  return `${tree}${lines.length === 0 ? 'No problems.\n' : lines.join('')}`;
}
