import type { Command } from 'commander';
import type { AuditEntry } from '../../activities/ports/audit-log';
import { AccountClosureError } from '../../client/errors';
import type { Guid } from '../../workflows/contract/account';
import { toGuid } from '../../workflows/contract/ids';
import { jsonOption } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printable, toJsonLine } from '../output';

const EXAMPLES = `
Needs DATABASE_URL. A closure id is answered from the database alone, also when Temporal has forgotten the closure.

Examples:
  $ closure audit show <id>
  $ closure audit show <id> --json
`;

/** `closure audit show`: what was done, a line an entry. */
export function defineAuditCommand(program: Command, deps: CliDependencies): void {
  const audit = program.command('audit').description('The record of what was done').addHelpText('after', EXAMPLES);
  audit
    .command('show')
    .description('The audit entries of a closure, oldest first')
    .argument('<id>', 'Workflow id or closure id')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { json = false }: { readonly json?: boolean }) => {
      const auditLog = await deps.auditLog();
      if (auditLog === undefined) {
        throw new CliError('invalid-configuration', 'DATABASE_URL says where the audit log is: set it.');
      }
      const entries = await auditLog.list(await idInLog(deps, id), deps.signal);
      // Temporal knows a closure that has done nothing yet; of a closure id alone, no entry means that nobody knows it.
      if (entries.length === 0 && toGuid(id) !== undefined) {
        throw new AccountClosureError('no-such-closure', 'The audit log has no entry of such a closure.');
      }
      for (const entry of entries) deps.out(json ? toJsonLine(entry) : toLine(entry));
    });
}

async function idInLog(deps: CliDependencies, id: string): Promise<Guid> {
  const closureId = toGuid(id) ?? toGuid((await deps.client().find(id, { signal: deps.signal })).closureId);
  if (closureId !== undefined) return closureId;
  throw new AccountClosureError('unexpected-answer', 'The closure has an id that is no UUID.');
}

function toLine(entry: AuditEntry): string {
  const { sequence, recordedAt, target, step, round, kind, occasion, outcome } = entry;
  const when = occasion === undefined || occasion === '' ? '' : ` ${occasion}`;
  const found = outcome === undefined ? '' : `  ${JSON.stringify(outcome)}`;
  return `${printable(`${sequence}  ${recordedAt}  ${target}:${step}  round ${round}  ${kind}${when}${found}`)}\n`;
}
