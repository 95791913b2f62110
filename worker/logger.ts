import type { Logger as TemporalLogger, LogLevel as TemporalLogLevel, LogMetadata } from '@temporalio/common';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from './config';

/** What the worker has to say: each event with exactly the fields it may carry, all of them opaque or counted. */
export type WorkerEvent =
  | { readonly event: 'worker-started'; readonly taskQueue: string; readonly namespace: string }
  | { readonly event: 'worker-stopping'; readonly signal: string }
  | { readonly event: 'worker-stopped' }
  | { readonly event: 'far-end-away'; readonly farEnd: string; readonly advice: string }
  | { readonly event: 'far-end-back'; readonly farEnd: string }
  | {
      readonly event: 'attempt-failed';
      readonly activityType: string;
      readonly workflowId: string;
      readonly attempt: number;
      readonly failureType: string;
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

const LEVELS: Record<WorkerEvent['event'], 'info' | 'warn' | 'error'> = {
  'worker-started': 'info',
  'worker-stopping': 'info',
  'worker-stopped': 'info',
  'far-end-away': 'warn',
  'far-end-back': 'info',
  'attempt-failed': 'warn',
  defect: 'error',
};

/** Says events on that log. */
export function createEventLog(log: Logger): EventLog {
  return (event) => {
    log[LEVELS[event.event]](event);
  };
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
    log[PINO_LEVEL[level]]({ event: 'temporal', ...shown(meta ?? {}) }, firstLine(message));
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

function shown(meta: LogMetadata): Record<string, unknown> {
  const fields = Object.entries(meta).filter(
    ([name, value]) => SHOWN.includes(name) && ['string', 'number'].includes(typeof value),
  );
  const { error } = meta;
  return { ...Object.fromEntries(fields), ...(error instanceof Error ? { errorClass: error.name } : {}) };
}

/** Some messages of the SDK go on with the text of an error behind the first line break. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
