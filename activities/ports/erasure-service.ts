import type { Account, Guid } from '../../workflows/contract/account';
import type { Basis } from '../../workflows/contract/bases';

/** Something that the service holds of the person: a kind of thing with a count, never a name or an address. */
export interface ServiceHolding {
  readonly what: string;
  readonly count: number;
  /** It stays, for this reason, until then (ISO 8601, UTC). */
  readonly retained?: { readonly basis: Basis; readonly until?: string };
}

/** What the service did with one kind of thing. */
export interface ServiceOutcome {
  readonly what: string;
  readonly outcome: 'erased' | 'absent' | 'retained' | 'unsupported';
  readonly count: number;
  readonly basis?: Basis;
  readonly until?: string;
}

/** Which erasure: the same three are the same erasure, however often it is asked for. */
export interface ServiceErasure {
  readonly closureId: Guid;
  readonly target: string;
  readonly round: number;
  readonly account: Account;
}

/** How far an erasure is. */
export type ServiceProgress =
  | { readonly kind: 'done'; readonly items: readonly ServiceOutcome[] }
  /** Ask at `location` (opaque; of the same origin) after that time, in milliseconds. */
  | { readonly kind: 'running'; readonly location: string; readonly lookAgainInMs: number | undefined };

/** A service that erases by our contract. One request per call; faults are `PortFault`s. */
export interface ErasureService {
  /** What it holds of the person; empty when there is nothing. */
  readonly lookUp: (
    question: { readonly closureId: Guid; readonly purpose: 'plan' | 'verify'; readonly account: Account },
    signal: AbortSignal,
  ) => Promise<readonly ServiceHolding[]>;
  /** Asks for the erasure, or how far the one is that was asked for before under the same key. */
  readonly requestErasure: (erasure: ServiceErasure, signal: AbortSignal) => Promise<ServiceProgress>;
  /** How far an accepted erasure is. `forgotten`: the service does not know it any more (404, 410); ask for it again. */
  readonly progress: (
    location: string,
    signal: AbortSignal,
  ) => Promise<ServiceProgress | { readonly kind: 'forgotten' }>;
}
