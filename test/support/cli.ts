import { runClosure } from '../../cli/program';
import type { CliDependencies, ClosureClient } from '../../cli/dependencies';

/** What one invocation of the command line left behind. */
export interface Invocation {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What an invocation finds around it; whatever is left out is not there, or must not be asked. */
export type CliSurroundings = Partial<Omit<CliDependencies, 'client' | 'out' | 'err'>> & {
  readonly client?: Partial<ClosureClient>;
};

/** Runs `closure` in this process. */
export async function closure(argv: readonly string[], surroundings: CliSurroundings = {}): Promise<Invocation> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const { client = {}, ...others } = surroundings;
  const exitCode = await runClosure(argv, {
    env: {},
    readStdin: () => Promise.resolve(''),
    isInteractive: false,
    signal: new AbortController().signal,
    temporal: () => ({ address: 'localhost:7233', namespace: 'default' }),
    storage: () => Promise.resolve(undefined),
    auditLog: () => Promise.resolve(undefined),
    database: () => Promise.reject(new Error('the database is not asked')),
    createSealingKey: () => Promise.reject(new Error('no sealing key is asked for')),
    checkTarget: () => Promise.resolve([]),
    readTargets: () => Promise.reject(new Error('the targets file is not read')),
    definitionNamed: () => Promise.reject(new Error('the targets file is not read')),
    serviceProbe: () => Promise.reject(new Error('no service is probed')),
    close: () => Promise.resolve(),
    ...others,
    client: () => ({ ...UNASKED, ...client }),
    out: (text) => stdout.push(text),
    err: (text) => stderr.push(text),
  });
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

const unasked = (): Promise<never> => Promise.reject(new Error('the client is not asked for this'));

const UNASKED: ClosureClient = {
  request: unasked,
  plan: unasked,
  status: unasked,
  find: unasked,
  wait: unasked,
  confirm: unasked,
  withdraw: unasked,
  report: unasked,
  resolve: unasked,
  list: () => {
    throw new Error('the client is not asked for this');
  },
  registerSearchAttributes: unasked,
  close: unasked,
};
