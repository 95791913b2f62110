import { SAMPLE_PEOPLE } from './entra/people';
import { writeEnvironmentFile } from './environment-file';
import { keepRunning, type KeptProcess } from './keep-running';
import { toStderr, withProgress } from './progress';
import { startSampleStack, type SampleStack } from './sample-stack';
import { startServiceControl } from './service-control';
import { leaveOutside, spawnWorker, untilAskedToEnd, untilReady, type FarEnds } from './stack';
import { byLine, describeWorkerLine } from './worker-events';

/** `npm start`: the embedded stack with the sample systems and the real worker, until Ctrl-C. */
async function start(): Promise<void> {
  const asked = untilAskedToEnd();
  leaveOutside(process.env);
  const stack = await startSampleStack({
    onProgress: toStderr,
    environment: process.env,
    defaults: { CLOSURE_VERIFY_AFTER: '10s' },
    usualPorts: true,
  });
  try {
    await runWorker(stack, asked);
  } finally {
    await stack.close();
  }
}

async function runWorker(stack: SampleStack, asked: Promise<void>): Promise<void> {
  const worker = await withProgress('Starting the worker', toStderr, () => keepWorkerRunning(stack));
  const environmentFile = await writeEnvironmentFile(stack.environment);
  const control = await startServiceControl(stack.systems.crm);
  try {
    say(...welcome(stack, { environmentFile: environmentFile.path, controlUrl: control.url }));
    await Promise.race([asked, failWithTemporal(stack)]);
    say('', 'Stopping …');
  } finally {
    await control.close();
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

interface Places {
  readonly environmentFile: string;
  readonly controlUrl: string;
}

function welcome({ temporal, environment }: SampleStack, places: Places): readonly string[] {
  return [
    '',
    `Web UI     ${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows`,
    `Temporal   ${temporal.address}`,
    `Worker     http://127.0.0.1:${environment['HEALTH_PORT'] ?? ''}/ready`,
    `Targets    ${environment['CLOSURE_TARGETS'] ?? ''}`,
    '',
    'Sample accounts (--tenant, --object):',
    ...SAMPLE_PEOPLE.map(({ tenantId, objectId, about }) => `  ${tenantId}  ${objectId}  ${about}`),
    '',
    'A shop and a newsletter (databases) and crm (a service) hold something of each of them.',
    '',
    ...whatToTry(places),
    '',
    'Everything is kept in memory only. What the worker has to say follows here; if it ends, it is started again.',
    'Ctrl-C ends everything.',
  ];
}

function whatToTry({ environmentFile, controlUrl }: Places): readonly string[] {
  const [person] = SAMPLE_PEOPLE;
  const account = person === undefined ? '' : `--tenant ${person.tenantId} --object ${person.objectId}`;
  return [
    'Try, in another terminal in this folder:',
    `  set -a; . ${environmentFile}; set +a`,
    '  npx closure targets check',
    '  npx closure targets probe crm',
    `  npx closure request ${account}`,
    '  npx closure status <closure id>',
    '  npx closure confirm <closure id> --token <token> --plan <plan digest>',
    '  npx closure wait <closure id>',
    '  npx closure audit show <closure id>',
    '',
    'An operator’s part: break the service before you confirm, and see what waits; repair it, and answer.',
    `  curl -X POST ${controlUrl}/break`,
    '  npx closure list --attention',
    `  curl -X POST ${controlUrl}/repair`,
    '  npx closure resolve <closure id> --target crm --by operator-7',
  ];
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
