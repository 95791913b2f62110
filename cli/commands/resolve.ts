import { InvalidArgumentError, Option, type Command } from 'commander';
import { refusal } from '../../client/errors';
import { STEP_NAMES, TARGET_NAMES, type AttentionTarget } from '../../workflows/contract/targets';
import { jsonOption } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface ResolveFlags {
  readonly target?: AttentionTarget;
  readonly action: 'retry';
  readonly by: string;
  readonly json?: boolean;
}

const ATTENTION_TARGETS: readonly AttentionTarget[] = [...TARGET_NAMES, ...STEP_NAMES];

const EXAMPLES = `
Repair the cause first: \`closure status <id>\` names the fault. --by is kept in history: an opaque id, never a name.

Examples:
  $ closure resolve <id>
  $ closure resolve <id> --target export --by operator-7
`;

/** `closure resolve`: lets a step that waits for an operator go on. */
export function defineResolveCommand(program: Command, deps: CliDependencies): void {
  program
    .command('resolve')
    .description('Let a step that waits for an operator go on')
    .argument('<id>', 'Workflow id or closure id')
    .option('--target <target>', 'which step; may be left out when one waits', parseTarget)
    .addOption(new Option('--action <action>', 'what to do').choices(['retry']).default('retry'))
    .option('--by <id>', 'who decided, as an opaque id', parseOperator, 'operator')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { target, action, by, json = false }: ResolveFlags) => {
      const resolution = { target: target ?? (await onlyTarget(deps, id)), action, by };
      await printStatus(deps, await deps.client().resolve(id, resolution), json);
    });
}

async function onlyTarget(deps: CliDependencies, id: string): Promise<AttentionTarget> {
  const { attention } = await deps.client().status(id);
  const [first, ...others] = attention.map(({ target }) => target);
  if (first === undefined) throw refusal('nothing-to-resolve');
  if (others.length === 0) return first;
  throw new CliError('wrong-usage', `Several steps wait: choose one with --target (${[first, ...others].join(', ')}).`);
}

function parseTarget(text: string): AttentionTarget {
  const target = ATTENTION_TARGETS.find((known) => known === text);
  if (target !== undefined) return target;
  throw new InvalidArgumentError(`It is one of ${ATTENTION_TARGETS.join(', ')}.`);
}

function parseOperator(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('It is at most 64 letters, digits, dots, dashes or underscores.');
}
