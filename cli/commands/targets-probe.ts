import type { Command } from 'commander';
import { REACHABLE_CHECK, type ProbeFinding } from '../../activities/ports/service-probe';
import type { HttpDefinition } from '../../activities/ports/target-catalog';
import { jsonOption } from '../arguments';
import { CheckFailedError, CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printable, toCount, toJsonLine } from '../output';

const EXAMPLES = `
Asks the service as a closure would, with people and closures that do not exist, and some requests wrongly on purpose: the
service logs them, and erases nothing. Wrong findings end with exit code 3, a service that is not there with 5. Needs
CLOSURE_TARGETS, and what the file refers to.

Examples:
  $ closure targets probe crm
  $ closure targets probe crm --json
`;

/** `closure targets probe`: runs our contract against somebody's service. */
export function defineTargetsProbeCommand(targets: Command, deps: CliDependencies): void {
  targets
    .command('probe')
    .description('Run the contract of the http kind against a service')
    .argument('<name>', 'the target, as the targets file names it')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, { json = false }: { readonly json?: boolean }) => {
      const definition = await neededService(deps, name);
      const findings = await probed(deps, definition, (finding) => {
        if (!json) deps.out(toLine(finding));
      });
      const answer = { target: name, findings };
      assertRight(answer);
      if (json) deps.out(toJsonLine(answer));
      else deps.out(`${name} does what the contract asks: ${toCount(findings.length, 'check')}.\n`);
    });
}

interface Answer {
  readonly target: string;
  readonly findings: readonly ProbeFinding[];
}

async function neededService({ definitionNamed }: CliDependencies, name: string): Promise<HttpDefinition> {
  const definition = await definitionNamed(name);
  if (definition === undefined) throw new CliError('no-such-target', 'The targets file has no target of this name.');
  if (definition.kind === 'http') return definition;
  throw new CliError(
    'wrong-usage',
    `Only targets of the kind http can be probed; this one is of the kind ${definition.kind}.`,
  );
}

async function probed(
  { serviceProbe, signal }: CliDependencies,
  definition: HttpDefinition,
  tell: (finding: ProbeFinding) => void,
): Promise<readonly ProbeFinding[]> {
  const probe = await serviceProbe();
  const findings: ProbeFinding[] = [];
  for await (const finding of probe(definition, signal)) {
    findings.push(finding);
    tell(finding);
  }
  return findings;
}

function assertRight(answer: Answer): void {
  const wrong = answer.findings.filter(({ ok }) => !ok);
  if (wrong.length === 0) return;
  if (wrong.some(({ check }) => check === REACHABLE_CHECK)) {
    throw new CheckFailedError('service-unavailable', 'The service is not there.', answer);
  }
  throw new CheckFailedError(
    'probe-failed',
    `The service does not do what the contract asks: ${toCount(wrong.length, 'check')} of ${String(answer.findings.length)}.`,
    answer,
  );
}

function toLine({ check, ok, words }: ProbeFinding): string {
  return `${ok ? 'ok   ' : 'WRONG'}  ${printable(`${check}: ${words}`)}\n`;
}
