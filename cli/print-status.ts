import type { ObservedClosure } from '../client/observed-closure';
import type { CliDependencies } from './dependencies';
import { withFileNames } from './export-files';
import { toJsonLine } from './output';
import { toStatusText } from './status-text';
import { webUiLink } from './web-ui';

/** Prints a status, as JSON or for people. The names of exported files are read from storage when we may. */
export async function printStatus(deps: CliDependencies, status: ObservedClosure, json: boolean): Promise<void> {
  if (json) {
    deps.out(toJsonLine(await withFileNames(deps, status)));
    return;
  }
  printStatusText(deps, status);
}

/** Prints a status for people. */
export function printStatusText(deps: CliDependencies, status: ObservedClosure): void {
  const webUi = webUiLink(deps.env['TEMPORAL_UI_URL'], deps.temporal(), status);
  deps.out(toStatusText(status, { webUi, now: new Date() }));
}
