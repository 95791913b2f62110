import { setTimeout as delay } from 'node:timers/promises';
import { PortFault } from '../../ports/faults';
import { REACHABLE_CHECK, type ProbeFinding, type ServiceProbe } from '../../ports/service-probe';
import { createProbeCaller, type ProbeCaller, type ProbeSettings } from './probe-caller';
import { ERASURE_CHECKS } from './probe-erasures';
import { LOOKUP_CHECKS, lookupOf, SIGNATURE_CHECKS, type Check } from './probe-requests';

/** Without these nothing else can be told. */
const GATES: readonly Check[] = [
  {
    name: REACHABLE_CHECK,
    right: 'answers',
    run: async ({ ask }) => {
      const { status } = await ask(lookupOf());
      return status >= 502 && status <= 504
        ? `It is not there now (${String(status)}): nothing else was asked. Repeat the probe when it runs.`
        : undefined;
    },
  },
  {
    name: 'signature-accepted',
    right: 'accepts our signature',
    run: async ({ ask }) => {
      const { status } = await ask(lookupOf());
      return status === 401 || status === 403
        ? `It refuses our signature (${String(status)}): nothing else was asked. Does it have this secret, does it verify the body byte for byte, is its clock right?`
        : undefined;
    },
  },
];
const CHECKS: readonly Check[] = [...SIGNATURE_CHECKS, ...LOOKUP_CHECKS, ...ERASURE_CHECKS];

/** The probe of services over HTTP. */
export function createServiceProbe(settings: Partial<ProbeSettings>): ServiceProbe {
  const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    await delay(ms, undefined, { signal });
  };
  return async function* probe(definition, signal) {
    const caller = createProbeCaller(definition, { pause, ...settings }, signal);
    for (const gate of GATES) {
      const finding = await findingOf(gate, caller);
      yield finding;
      if (!finding.ok) return;
    }
    for (const check of CHECKS) yield await findingOf(check, caller);
  };
}

async function findingOf({ name, right, run }: Check, caller: ProbeCaller): Promise<ProbeFinding> {
  const complaint = await complaintOf(run(caller));
  return complaint === undefined
    ? { check: name, ok: true, words: right }
    : { check: name, ok: false, words: complaint };
}

async function complaintOf(running: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await running;
  } catch (error) {
    if (!(error instanceof PortFault)) throw error;
    return `It gave no whole answer: ${error.message} Is the base URL right, and its certificate?`;
  }
}
