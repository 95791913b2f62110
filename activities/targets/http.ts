import type { Basis } from '../../workflows/contract/bases';
import type { EraseOutcome, RetainedItems, VerifyOutcome } from '../../workflows/contract/target-outcomes';
import type { Confirmed, Erasure, ErasureTarget, Holdings, Subject, Told } from '../ports/erasure-target';
import type { ErasureService, ServiceHolding, ServiceOutcome, ServiceProgress } from '../ports/erasure-service';
import { IndeterminateAnswerError } from '../ports/faults';
import { NotYetError } from '../ports/step-faults';

/** The changing call, as the audit log names it. */
const REQUEST = 'request';

/** Where a service does not say when to look again: soon at first, and every hour in the end. */
const FIRST_LOOK_MS = 5_000;
const LAST_LOOK_MS = 60 * 60_000;

/** A service that erases by our contract. */
interface Sources {
  readonly service: ErasureService;
  /** Whether the code is in the closed list, or added by the deployment. */
  readonly isBasis: (code: Basis) => boolean;
}

/** A service of somebody's that erases when it is asked, in its own time. */
export function createHttpTarget(sources: Sources): ErasureTarget {
  return {
    plan: (subject) => plan(sources, subject),
    erase: (erasure) => erase(sources, erasure),
    verify: (confirmed) => verify(sources, confirmed),
  };
}

async function plan({ service, isBasis }: Sources, { closureId, account, signal }: Subject): Promise<Holdings> {
  const items = await service.lookUp({ closureId, purpose: 'plan', account }, signal);
  return {
    erases: items.filter(isErasable).map(({ what, count }) => ({ what, action: 'delete', count })),
    retains: items.flatMap(({ what, count, retained }) => {
      if (retained === undefined) return [];
      assertBasis(isBasis, retained.basis, 'service.look-up');
      return [{ what, count, ...retained }];
    }),
    keptByProvider: [],
  };
}

/** What was accepted by an earlier attempt, and how often it was looked at. */
interface Accepted {
  readonly location: string;
  readonly looks: number;
}

async function erase(sources: Sources, erasure: Erasure): Promise<Told<EraseOutcome>> {
  const accepted = acceptedIn(erasure.keptWork);
  const known = accepted === undefined ? undefined : await sources.service.progress(accepted.location, erasure.signal);
  // Of an erasure that the service has forgotten nothing is known: the same key asks for the same one.
  if (known !== undefined && known.kind !== 'forgotten')
    return concluded(sources, erasure, { progress: known, looks: accepted === undefined ? 0 : accepted.looks + 1 });
  const taken = await erasure.noLongerOurs();
  if (taken !== undefined) return taken;
  return concluded(sources, erasure, { progress: await request(sources, erasure), looks: 0 });
}

async function request({ service }: Sources, erasure: Erasure): Promise<ServiceProgress> {
  const { closureId, target, round, account, signal } = erasure;
  const asked = await erasure.change(REQUEST, () =>
    service.requestErasure({ closureId, target, round, account }, signal),
  );
  if (asked === 'absent') throw new TypeError('a request is never absent');
  return asked;
}

/** @throws NotYetError `ErasureRunning` while the service is not done */
function concluded(
  { isBasis }: Sources,
  { keepWork }: Erasure,
  { progress, looks }: { readonly progress: ServiceProgress; readonly looks: number },
): Told<EraseOutcome> {
  if (progress.kind === 'done') return outcomeOf(progress.items, isBasis);
  keepWork({ location: progress.location, looks } satisfies Accepted);
  throw new NotYetError('ErasureRunning', progress.lookAgainInMs ?? Math.min(FIRST_LOOK_MS * 2 ** looks, LAST_LOOK_MS));
}

/** As it came over the wire: what cannot be read is asked for again. */
function acceptedIn(work: unknown): Accepted | undefined {
  if (typeof work !== 'object' || work === null || !('location' in work) || !('looks' in work)) return undefined;
  const { location, looks } = work;
  return typeof location === 'string' && typeof looks === 'number' ? { location, looks } : undefined;
}

function outcomeOf(items: readonly ServiceOutcome[], isBasis: Sources['isBasis']): Told<EraseOutcome> {
  if (items.some(({ outcome }) => outcome === 'unsupported')) return { kind: 'unsupported' };
  const count = items.filter(({ outcome }) => outcome === 'erased').reduce((sum, item) => sum + item.count, 0);
  const retained = items.filter(({ outcome }) => outcome === 'retained').map((item) => retainedOf(item, isBasis));
  return count === 0 ? { kind: 'absent', retained } : { kind: 'erased', count, retained };
}

function retainedOf({ what, count, basis, until }: ServiceOutcome, isBasis: Sources['isBasis']): RetainedItems {
  if (basis === undefined) throw odd('service.erase', 'something is retained without a basis');
  assertBasis(isBasis, basis, 'service.erase');
  return { what, count, basis, ...(until === undefined ? {} : { until }) };
}

/** Nothing is left but what the plan said is retained. */
async function verify({ service }: Sources, confirmed: Confirmed): Promise<VerifyOutcome> {
  const { closureId, account, signal, retains } = confirmed;
  const items = await service.lookUp({ closureId, purpose: 'verify', account }, signal);
  const isPromised = ({ what, retained }: ServiceHolding): boolean =>
    retains.some((promised) => promised.what === what && promised.basis === retained?.basis);
  const left = items.filter((item) => item.count > 0 && !isPromised(item));
  if (left.length === 0) return { kind: 'absent', grade: 'by-the-service' };
  return { kind: 'remains', count: left.reduce((sum, { count }) => sum + count, 0) };
}

function isErasable({ retained }: ServiceHolding): boolean {
  return retained === undefined;
}

function assertBasis(isBasis: Sources['isBasis'], basis: Basis, operation: string): void {
  if (!isBasis(basis)) throw odd(operation, 'a basis is none of the closed list and not in the targets file');
}

function odd(operation: string, oddity: string): IndeterminateAnswerError {
  return new IndeterminateAnswerError({ farEnd: 'erasure-service', operation }, oddity);
}
