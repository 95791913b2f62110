import { InvalidArgumentError, Option, type Command } from 'commander';
import { hasCode, refusal } from '../../client/errors';
import type { ObservedClosure } from '../../client/observed-closure';
import type { Resolution } from '../../workflows/contract/messages';
import type { Attention, OperatorAnswer } from '../../workflows/contract/attention';
import { isBasisCode, type Basis } from '../../workflows/contract/bases';
import { isAttentionTarget, type AttentionTarget } from '../../workflows/contract/targets';
import { jsonOption } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface ResolveFlags {
  readonly target?: AttentionTarget;
  readonly action: Resolution['action'];
  readonly basis?: Basis;
  readonly by: string;
  readonly since?: string;
  readonly json?: boolean;
}

/** An answer to one very attention. */
type Answer = Resolution & { readonly since: string };

const EXAMPLES = `
Repair the cause first: \`closure status <id>\` names the fault. Past the point of no return a target that cannot be erased
can be left out instead (--action exempt): the closure then ends as closedWithRetention, and says so. --basis is one of the
codes in docs/targets, or of the targets file. --by is kept in history: an opaque id, never a name. With --since (that of the
attention) a repeat of an answer that was taken succeeds.

Examples:
  $ closure resolve <id>
  $ closure resolve <id> --target export --by operator-7
  $ closure resolve <id> --target crm --action exempt --basis legal-claims --by operator-7
`;

/** `closure resolve`: lets a step that waits for an operator go on. */
export function defineResolveCommand(program: Command, deps: CliDependencies): void {
  program
    .command('resolve')
    .description('Let a step that waits for an operator go on')
    .argument('<id>', 'Workflow id or closure id')
    .option('--target <target>', 'which step; may be left out when one waits', parseTarget)
    .addOption(new Option('--action <action>', 'what to do').choices(['retry', 'exempt']).default('retry'))
    .option('--basis <code>', 'why a target is left out', parseBasis)
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
  { target, since, ...flags }: ResolveFlags,
): Promise<Answer> {
  const answer = toAnswer(flags);
  if (target !== undefined && since !== undefined) return { ...answer, target, since };
  const status = await deps.client().status(id, { signal: deps.signal });
  // The start of the follow-up may wait for somebody when all else is over.
  if (status.outcome !== undefined && status.attention.length === 0) throw refusal('closure-has-ended', { status });
  const waiting = oneOf(status.attention.filter((step) => target === undefined || step.target === target));
  return { ...answer, target: waiting.target, since: since ?? waiting.since };
}

function toAnswer({ action, basis, by }: ResolveFlags): OperatorAnswer {
  if (action === 'retry' && basis === undefined) return { action, by };
  if (action === 'exempt' && basis !== undefined) return { action, basis, by };
  throw new CliError(
    'wrong-usage',
    'A target is left out for a reason: --action exempt goes with --basis, and only that.',
  );
}

function oneOf([first, ...others]: readonly Attention[]): Attention {
  if (first === undefined) throw refusal('nothing-to-resolve');
  if (others.length === 0) return first;
  const targets = [first, ...others].map(({ target }) => target).join(', ');
  throw new CliError('wrong-usage', `Several steps wait: choose one with --target (${targets}).`);
}

async function resolve(deps: CliDependencies, id: string, resolution: Answer): Promise<ObservedClosure> {
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
  if (isAttentionTarget(text)) return text;
  throw new InvalidArgumentError('It is the name of a target or step, as `closure status <id>` shows it.');
}

function parseBasis(text: string): Basis {
  if (isBasisCode(text)) return text;
  throw new InvalidArgumentError('It is a code: lower-case letters, digits and hyphens.');
}

function parseOperator(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('It is at most 64 letters, digits, dots, dashes or underscores.');
}
