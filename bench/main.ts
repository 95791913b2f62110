import { parseArgs } from 'node:util';
import { connectTemporal } from '../client/connection';
import { toStderr } from '../sandbox/progress';
import { startTemporal } from '../sandbox/temporal/dev-server';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { compare, type Extent } from './compare';
import { measureErasures, type ErasureFigures } from './erasures';
import { measureRecovery } from './recovery';
import { figuresOf, tableOf } from './report';

const EXIT_FAILED = 1;
const EXIT_WRONG_USAGE = 2;

const HELP = `Usage: npm run bench -- [options]

Measures closures per second, on one Temporal server in memory: ours on far ends that answer in process, and a bare Workflow
that issues the same commands with no-op Activities, and ours with three targets. They take turns. With TEST_DATABASE_URL (of a
role that may create schemas) also: erasures in a PostgreSQL, beside a plain DELETE. Goals are shown beside the figures and judged by
whoever reads them: the exit code is 0 whether they are met or not.

  --closures N   closures in a round (default 60)
  --rounds N     rounds of each, of which the median counts (default 5)
  --recovery     also: worker killed with SIGKILL and restarted, how long until a confirmation takes effect
  --json         one JSON object on standard output, and nothing else (npm adds a banner of its own: npm run --silent bench -- --json)
  --help         this text
`;

interface Options extends Extent {
  readonly recovery: boolean;
  readonly json: boolean;
}

class UsageError extends Error {}

async function main(): Promise<void> {
  const options = optionsFrom(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  toStderr('Starting Temporal …');
  const server = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  const client = connectTemporal({ env: {}, address: server.address, namespace: server.namespace });
  try {
    // First, while nothing else of ours runs.
    const erasures = await erasuresWherePossible(process.env['TEST_DATABASE_URL']);
    const comparison = await compare({ client, server }, options, toStderr);
    const recoveryP95Ms = options.recovery ? await measureRecovery({ client, server }, toStderr) : undefined;
    const figures = figuresOf(comparison, { recoveryP95Ms, erasures });
    process.stdout.write(`${options.json ? JSON.stringify(figures) : tableOf(comparison, figures)}\n`);
  } finally {
    await client.connection.close();
    await server.close();
  }
}

async function erasuresWherePossible(url: string | undefined): Promise<ErasureFigures | undefined> {
  if (url !== undefined) return await measureErasures(url, toStderr);
  toStderr(
    'No erasures are measured: TEST_DATABASE_URL names no PostgreSQL (`.ci/with-postgres npm run bench` makes one).',
  );
  return undefined;
}

function optionsFrom(args: string[]): Options | 'help' {
  const { values } = parsed(args);
  if (values.help) return 'help';
  return {
    closures: countFrom('--closures', values.closures),
    rounds: countFrom('--rounds', values.rounds),
    recovery: values.recovery,
    json: values.json,
  };
}

function parsed(args: string[]): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parse(args: string[]) {
  return parseArgs({
    args,
    options: {
      closures: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '5' },
      recovery: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

function countFrom(option: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError(`${option} takes a number from 1 to 99999.`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? EXIT_WRONG_USAGE : EXIT_FAILED;
});
