import type { Phase } from './phases';

/** A phase in words. Both continue a line which begins with the name of the phase. */
export interface PhaseText {
  /** What it means for the person. */
  readonly meaning: string;
  /** Behind "waits for": what has to come before it goes on. */
  readonly waitsFor: string;
}

/** Every phase in words. The only home of these texts. */
export const PHASE_TEXTS: Readonly<Record<Phase, PhaseText>> = {
  checking: {
    meaning: 'finds out whether the account may be closed here',
    waitsFor: 'the answer whether this account may be closed here',
  },
  exporting: {
    meaning: "saves the person's data",
    waitsFor: "the export of the person's data (usually one or two days, up to 30)",
  },
  planning: {
    meaning: 'finds out what is to be erased',
    waitsFor: 'the plan of what will be erased',
  },
  awaitingConfirmation: {
    meaning: "waits for the person's confirmation; nothing is erased before",
    waitsFor: "the person's confirmation",
  },
  coolingOff: {
    meaning: 'confirmed; can still be withdrawn',
    waitsFor: 'the end of the cooling-off period; it can still be withdrawn',
  },
  erasing: {
    meaning: 'erases personal data',
    waitsFor: 'the erasure to complete; past the point of no return it goes on until it is done',
  },
  verifying: {
    meaning: 'looks again whether everything is gone',
    waitsFor: 'the second look after the quiet period',
  },
  closed: over('everything planned was erased, and is gone on reading again'),
  closedWithRetention: over('the account is closed; something was kept or left out: see what stays, and why'),
  rejected: over('the account cannot be closed here; nothing was erased'),
  withdrawn: over('taken back; nothing was erased'),
  expired: over('nobody confirmed in time; nothing was erased'),
  stopped: over('stopped after the point of no return; see what was done and what was not'),
};

function over(meaning: string): PhaseText {
  return { meaning, waitsFor: `nothing: ${meaning}` };
}
