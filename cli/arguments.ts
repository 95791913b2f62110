import { InvalidArgumentError, Option } from 'commander';
import ms, { type StringValue } from 'ms';
import { OUTCOMES, RUNNING_PHASES, type Phase } from '../workflows/contract/phases';
import { CliError } from './cli-error';
import type { CliDependencies } from './dependencies';

const PHASES: readonly Phase[] = [...RUNNING_PHASES, ...OUTCOMES];
const DURATION = /^\d+(\.\d+)?\s*[a-z]+$/i;

/** A duration as the `ms` package writes it (`90s`, `15 minutes`), in milliseconds. For commander. */
export function parseDuration(text: string): number {
  const durationMs = isDuration(text) ? ms(text) : Number.NaN;
  if (Number.isFinite(durationMs) && durationMs > 0) return durationMs;
  throw new InvalidArgumentError('It is a duration such as 90s, 5m or "2 hours".');
}

/** A phase. For commander. */
export function parsePhase(text: string): Phase {
  const phase = PHASES.find((known) => known === text);
  if (phase !== undefined) return phase;
  throw new InvalidArgumentError(`It is one of ${PHASES.join(', ')}.`);
}

/** `--json`, as every command has it. */
export function jsonOption(): Option {
  return new Option('--json', 'print JSON and nothing else on standard output');
}

/** The token from the flag, from standard input (`-`), or from `CLOSURE_TOKEN`. */
export async function tokenFrom(deps: CliDependencies, flag: string | undefined): Promise<string | undefined> {
  if (flag === '-') return (await deps.readStdin()).trim();
  if (flag !== undefined) return flag;
  const fromEnvironment = deps.env['CLOSURE_TOKEN'];
  return fromEnvironment === '' ? undefined : fromEnvironment;
}

/** As `tokenFrom`. @throws CliError `wrong-usage` when there is none */
export async function neededToken(deps: CliDependencies, flag: string | undefined): Promise<string> {
  const token = await tokenFrom(deps, flag);
  if (token === undefined) throw new CliError('wrong-usage', 'A token is needed: --token, or CLOSURE_TOKEN.');
  return token;
}

function isDuration(text: string): text is StringValue {
  return DURATION.test(text);
}
