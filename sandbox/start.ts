import { SAMPLE_PEOPLE } from './entra/people';
import { writeEnvironmentFile } from './environment-file';
import { keepRunning, type KeptProcess } from './keep-running';
import { toStderr, withProgress } from './progress';
import { leaveOutside, spawnWorker, startFarEnds, untilAskedToEnd, untilReady, type FarEnds } from './stack';
import { byLine, describeWorkerLine } from './worker-events';

/** `npm start`: the embedded stack with the real worker, until Ctrl-C. */
async function start(): Promise<void> {
  const asked = untilAskedToEnd();
  leaveOutside(process.env);
  const farEnds = await startFarEnds({
    onProgress: toStderr,
    environment: process.env,
    defaults: { CLOSURE_VERIFY_AFTER: '10s' },
    usualPorts: true,
  });
  try {
    await runWorker(farEnds, asked);
  } finally {
    await farEnds.close();
  }
}

async function runWorker(farEnds: FarEnds, asked: Promise<void>): Promise<void> {
  const worker = await withProgress('Starting the worker', toStderr, () => keepWorkerRunning(farEnds));
  const environmentFile = await writeEnvironmentFile(farEnds.environment);
  try {
    say(...welcome(farEnds, environmentFile.path));
    await Promise.race([asked, failWithTemporal(farEnds)]);
    say('', 'Stopping …');
  } finally {
    await environmentFile.remove();
    await worker.stop();
  }
}

function keepWorkerRunning({ environment }: FarEnds): Promise<KeptProcess> {
  const tell = (line: string): void => {
    const described = describeWorkerLine(line);
    if (described !== undefined) say(described);
  };
  return keepRunning({
    name: 'The worker',
    start: () => spawnWorker(environment, { onOutput: byLine(tell) }),
    untilReady: (worker) => untilReady(worker, environment),
    say,
  });
}

/** A worker can be started again; Temporal's server takes the closures with it. */
async function failWithTemporal({ temporal }: FarEnds): Promise<never> {
  const lastOutput = await temporal.ended;
  throw new Error(`The Temporal server has ended, and the closures in its memory are gone:\n${lastOutput}`);
}

function welcome({ temporal, environment }: FarEnds, environmentFile: string): string[] {
  const [person] = SAMPLE_PEOPLE;
  const request =
    person === undefined ? '' : `  npx closure request --tenant ${person.tenantId} --object ${person.objectId}`;
  return [
    '',
    `Web UI     ${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows`,
    `Temporal   ${temporal.address}`,
    `Worker     http://127.0.0.1:${environment['HEALTH_PORT'] ?? ''}/ready`,
    '',
    'Sample accounts (--tenant, --object):',
    ...SAMPLE_PEOPLE.map(({ tenantId, objectId, about }) => `  ${tenantId}  ${objectId}  ${about}`),
    '',
    'Try, in another terminal in this folder:',
    `  set -a; . ${environmentFile}; set +a`,
    request,
    '  npx closure status <closure id>',
    '  npx closure confirm <closure id> --token <token> --plan <plan digest>',
    '  npx closure wait <closure id>',
    '  npx closure audit show <closure id>',
    '',
    'Everything is kept in memory only. What the worker has to say follows here; if it ends, it is started again.',
    'Ctrl-C ends everything.',
  ];
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
