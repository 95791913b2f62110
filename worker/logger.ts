import {
  SdkComponent,
  type Logger as TemporalLogger,
  type LogLevel as TemporalLogLevel,
  type LogMetadata,
} from '@temporalio/common';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from './config';

/** What the worker has to say: each event with exactly the fields it may carry, all of them opaque or counted. */
export type WorkerEvent =
  | { readonly event: 'worker-started'; readonly taskQueue: string; readonly namespace: string }
  | { readonly event: 'worker-stopping'; readonly signal: string }
  | { readonly event: 'worker-stopped' }
  | { readonly event: 'worker-refused'; readonly variables: readonly string[] }
  | { readonly event: 'worker-failed'; readonly errorClass: string }
  | { readonly event: 'search-attributes-unseen' }
  | { readonly event: 'search-attribute-mistyped'; readonly searchAttribute: string; readonly expected: string }
  | { readonly event: 'far-end-away'; readonly farEnd: string; readonly code?: string; readonly advice: string }
  | { readonly event: 'far-end-back'; readonly farEnd: string }
  | { readonly event: 'vault-swept'; readonly removed: number }
  | { readonly event: 'sweep-failed'; readonly errorClass: string; readonly code?: string }
  | {
      readonly event: 'attempt-failed';
      readonly activityType: string;
      readonly workflowId: string;
      readonly attempt: number;
      readonly failureType: string;
      /** Which call of which far end, in opaque codes; absent where it was none. */
      readonly operation?: string;
      readonly code?: string;
      readonly requestId?: string;
    }
  | {
      readonly event: 'defect';
      readonly activityType: string;
      readonly workflowId: string;
      readonly attempt: number;
      readonly errorClass: string;
      readonly place: string;
    };

/** Says one event. */
export type EventLog = (event: WorkerEvent) => void;

/** JSON lines on standard output, or where the destination says. */
export function createPino(level: LogLevel, destination?: DestinationStream): Logger {
  // No pid and no host name: the line says what happened, whoever collects it knows where.
  const options = { level, base: null };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const LEVELS: Record<WorkerEvent['event'], 'info' | 'warn' | 'error' | 'fatal'> = {
  'worker-started': 'info',
  'worker-stopping': 'info',
  'worker-stopped': 'info',
  'worker-refused': 'fatal',
  'worker-failed': 'fatal',
  'search-attributes-unseen': 'warn',
  'search-attribute-mistyped': 'error',
  'far-end-away': 'warn',
  'far-end-back': 'info',
  'vault-swept': 'info',
  'sweep-failed': 'warn',
  'attempt-failed': 'warn',
  defect: 'error',
};

/** Says events on that log. */
export function createEventLog(log: Logger): EventLog {
  return (event) => {
    log[LEVELS[event.event]](event);
  };
}

/** The class of whatever was thrown: all of it that may be said. */
export function errorClassOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Fields of the SDK's own log lines that may be shown; a task token, an error's text or an argument may not. */
const SHOWN = [
  'sdkComponent',
  'taskQueue',
  'namespace',
  'workflowType',
  'workflowId',
  'runId',
  'activityType',
  'attempt',
];

/** The SDK's logger on top of ours: its fixed messages, and of its metadata only what may be shown. */
export function createTemporalLogger(log: Logger): TemporalLogger {
  const write = (level: TemporalLogLevel, message: string, meta?: LogMetadata): void => {
    log[PINO_LEVEL[level]]({ event: 'temporal', ...shown(meta ?? {}) }, fixedPart(message, meta ?? {}));
  };
  return {
    log: write,
    trace: (message, meta) => {
      write('TRACE', message, meta);
    },
    debug: (message, meta) => {
      write('DEBUG', message, meta);
    },
    info: (message, meta) => {
      write('INFO', message, meta);
    },
    warn: (message, meta) => {
      write('WARN', message, meta);
    },
    error: (message, meta) => {
      write('ERROR', message, meta);
    },
  };
}

const PINO_LEVEL: Record<TemporalLogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** As the native part of the SDK calls some of them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  workflow_type: 'workflowType',
  workflow_id: 'workflowId',
  run_id: 'runId',
  task_queue: 'taskQueue',
};

function shown(meta: LogMetadata): Record<string, unknown> {
  const fields = Object.entries(meta)
    .map(([name, value]) => [OTHER_NAMES[name] ?? name, value] as const)
    .filter(([name, value]) => SHOWN.includes(name) && ['string', 'number'].includes(typeof value));
  const { error } = meta;
  return { ...Object.fromEntries(fields), ...(error instanceof Error ? { errorClass: error.name } : {}) };
}

/**
 * The fixed part of a message: some of the SDK's go on with the text of an error behind the first line break, those of its native part
 * with whole values behind a sign.
 */
function fixedPart(message: string, { sdkComponent }: LogMetadata): string {
  return (message.split(sdkComponent === SdkComponent.core ? /[\n:;'"`({[]/ : '\n', 1)[0] ?? '').trimEnd();
}
