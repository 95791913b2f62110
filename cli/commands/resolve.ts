import { InvalidArgumentError, Option, type Command } from 'commander';
import { hasCode, refusal } from '../../client/errors';
import type { ObservedClosure } from '../../client/observed-closure';
import type { Resolution } from '../../workflows/contract/messages';
import type { Attention } from '../../workflows/contract/status';
import { STEP_NAMES, TARGET_NAMES, type AttentionTarget } from '../../workflows/contract/targets';
import { jsonOption } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface ResolveFlags {
  readonly target?: AttentionTarget;
  readonly action: 'retry';
  readonly by: string;
  readonly since?: string;
  readonly json?: boolean;
}

const ATTENTION_TARGETS: readonly AttentionTarget[] = [...TARGET_NAMES, ...STEP_NAMES];

const EXAMPLES = `
Repair the cause first: \`closure status <id>\` names the fault. --by is kept in history: an opaque id, never a name. With
--since (that of the attention) a repeat of an answer that was taken succeeds.

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
    .option('--since <instant>', 'since when the step waits (default: as the status says now)')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { json = false, ...flags }: ResolveFlags) => {
      const resolution = await toResolution(deps, id, flags);
      await printStatus(deps, await resolve(deps, id, resolution), json);
    });
}

async function toResolution(
  deps: CliDependencies,
  id: string,
  { target, action, by, since }: ResolveFlags,
): Promise<Required<Resolution>> {
  if (target !== undefined && since !== undefined) return { target, action, by, since };
  const status = await deps.client().status(id, { signal: deps.signal });
  // The start of the follow-up may wait for somebody when all else is over.
  if (status.outcome !== undefined && status.attention.length === 0) throw refusal('closure-has-ended', { status });
  const waiting = oneOf(status.attention.filter((step) => target === undefined || step.target === target));
  return { target: waiting.target, action, by, since: since ?? waiting.since };
}

function oneOf([first, ...others]: readonly Attention[]): Attention {
  if (first === undefined) throw refusal('nothing-to-resolve');
  if (others.length === 0) return first;
  const targets = [first, ...others].map(({ target }) => target).join(', ');
  throw new CliError('wrong-usage', `Several steps wait: choose one with --target (${targets}).`);
}

async function resolve(deps: CliDependencies, id: string, resolution: Required<Resolution>): Promise<ObservedClosure> {
  try {
    return await deps.client().resolve(id, resolution, { signal: deps.signal });
  } catch (error) {
    // It may have arrived: only with this time a repeat is the same answer, and not one to a step that waits no more.
    const { target, since } = resolution;
    if (hasCode(error, 'timed-out', 'unavailable')) deps.err(`Repeat it with --target ${target} --since ${since}\n`);
    throw error;
  }
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
