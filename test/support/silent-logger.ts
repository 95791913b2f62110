import type { Logger } from '@temporalio/common';

const ignore = (): void => undefined;

/** A logger of the SDK that says nothing: a test that makes an attempt fail knows it. */
export const SILENT: Logger = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
