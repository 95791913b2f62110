import type { Command } from 'commander';
import type { SearchAttributeRegistration } from '../../client/search-attributes';
import { jsonOption } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { toAlignedLines, toJsonLine } from '../output';

interface SetupFlags {
  readonly ownerUrl?: string;
  readonly appRole?: string;
  readonly json?: boolean;
}

interface DatabaseOutcome {
  readonly migrated: boolean;
  readonly grantedTo?: string;
}

const EXAMPLES = `
Again is harmless. Needs DATABASE_URL or --owner-url; without either the database is left out.

Examples:
  $ closure setup
  $ closure setup --owner-url postgresql://owner@db/closure --app-role closure_app
`;

/** `closure setup`: prepares the Temporal namespace and the database. */
export function defineSetupCommand(program: Command, deps: CliDependencies): void {
  program
    .command('setup')
    .description('Register the search attributes and migrate the database')
    .option('--owner-url <url>', 'the database, as its owner (default: DATABASE_URL); - for standard input')
    .option(
      '--app-role <name>',
      "the worker's role: may insert and select, and remove sealed identifiers; nothing else",
    )
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ ownerUrl, appRole, json = false }: SetupFlags) => {
      const url = ownerUrl === '-' ? (await deps.readStdin()).trim() : (ownerUrl ?? deps.env['DATABASE_URL']);
      const database = await setUpDatabase(deps, url, appRole);
      const searchAttributes = await deps.client().registerSearchAttributes({ signal: deps.signal });
      assertRegistered(searchAttributes);
      const { added, present } = searchAttributes;
      if (json) deps.out(toJsonLine({ searchAttributes: { added, present }, database }));
      else deps.out(toText(searchAttributes, database));
    });
}

async function setUpDatabase(
  deps: CliDependencies,
  ownerUrl: string | undefined,
  appRole: string | undefined,
): Promise<DatabaseOutcome> {
  if (ownerUrl === undefined || ownerUrl === '') {
    if (appRole === undefined) return { migrated: false };
    throw new CliError('wrong-usage', '--app-role needs the database: --owner-url, or DATABASE_URL.');
  }
  const database = await deps.database();
  await database.migrate(ownerUrl);
  if (appRole === undefined) return { migrated: true };
  await database.grant(ownerUrl, appRole);
  return { migrated: true, grantedTo: appRole };
}

function assertRegistered({ refused, mistyped, withoutRoom }: SearchAttributeRegistration): void {
  const unusable = [
    ...mistyped.map(({ name, type, wanted }) => `  ${name} is of the type ${type}, but has to be ${wanted}: remove it`),
    ...withoutRoom.map(({ name, wanted, reason }) => `  ${name} (${wanted}) finds no free slot: remove one. ${reason}`),
  ];
  if (unusable.length > 0) {
    const help = 'Remove with `temporal operator search-attribute remove --name …`, then run `closure setup` again.';
    const message = `Search attributes cannot be used as they are:\n${unusable.join('\n')}\n${help}`;
    throw new CliError('search-attributes-unusable', message);
  }
  if (refused.length === 0) return;
  const commands = refused.map(({ command }) => `  ${command}`).join('\n');
  throw new CliError(
    'search-attributes-missing',
    `The server does not let us register the search attributes. With an administrator's rights:\n${commands}\n`,
  );
}

function toText({ added, present }: SearchAttributeRegistration, database: DatabaseOutcome): string {
  return toAlignedLines([
    ['Search attributes', added.length === 0 ? `all ${present.length} there already` : `added ${added.join(', ')}`],
    ['Database', database.migrated ? 'up to date' : 'left out: no --owner-url, no DATABASE_URL'],
    ['Granted to', database.grantedTo],
  ]);
}
