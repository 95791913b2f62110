import { createHttpErasureService } from '../../activities/adapters/erasure-service/http-service';
import type { ErasureService } from '../../activities/ports/erasure-service';
import { Sensitive } from '../../activities/ports/sensitive';
import { CLOSURE_ID, NEW_SECRET, PERSON } from './erasure-services';

/** Each call of an erasure service, for the person. */
export interface ErasureCalls {
  readonly lookUp: () => ReturnType<ErasureService['lookUp']>;
  readonly erase: () => ReturnType<ErasureService['requestErasure']>;
  readonly progress: (location?: string) => ReturnType<ErasureService['progress']>;
}

/** For answers that never come. All others are waited for, however busy the machine is. */
export const IMPATIENT_MS = 150;
export const PATIENT_MS = 20_000;

const { signal } = new AbortController();
const QUESTION = { closureId: CLOSURE_ID, purpose: 'verify', account: PERSON } as const;
const ERASURE = { closureId: CLOSURE_ID, target: 'crm', round: 1, account: PERSON };

/** The calls to the service there. */
export function callsTo(url: string, timeoutMs = PATIENT_MS): ErasureCalls {
  const address = { baseUrl: `${url}/closure`, secrets: [new Sensitive(NEW_SECRET)] };
  const service = createHttpErasureService(address, { timeoutMs });
  return {
    lookUp: () => service.lookUp(QUESTION, signal),
    erase: () => service.requestErasure(ERASURE, signal),
    progress: (location = '/closure/erasures/7') => service.progress(location, signal),
  };
}

/** What a call fails with; fails the test when it succeeds. */
export function faultOf(call: () => Promise<unknown>): Promise<unknown> {
  return call().then(
    () => {
      throw new Error('it was believed');
    },
    (fault: unknown) => fault,
  );
}
