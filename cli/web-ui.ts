import type { TemporalTarget } from '../client/connection';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Which run to look at. */
export interface RunLink {
  readonly workflowId: string;
  readonly runId: string;
}

/** The page of a run in the Temporal Web UI; `undefined` when nobody said where the UI is. */
export function webUiLink(uiUrl: string | undefined, target: TemporalTarget, run: RunLink): string | undefined {
  const base = uiUrl ?? uiOfDevServer(target.address);
  if (base === undefined) return undefined;
  // Without the run id the page is "not found".
  const path = ['namespaces', target.namespace, 'workflows', run.workflowId, run.runId, 'timeline'];
  return `${base.replace(/\/+$/, '')}/${path.map(encodeURIComponent).join('/')}`;
}

/** A dev server has its UI a thousand ports up. Of any other server we know nothing. */
function uiOfDevServer(address: string): string | undefined {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (host === undefined || port === undefined || !LOOPBACK.has(host)) return undefined;
  return `http://${host}:${String(Number(port) + 1_000)}`;
}
