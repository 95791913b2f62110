/** A call of a port that waits until it is let go. */
export interface Gate {
  readonly hold: () => Promise<void>;
  readonly letGo: () => void;
  /** The call has come so far. */
  readonly reached: Promise<void>;
}

/** A gate that is shut. */
export function gate(): Gate {
  let letGo = (): void => undefined;
  let reach = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const hold = async (): Promise<void> => {
    reach();
    await held;
  };
  return {
    hold,
    letGo: () => {
      letGo();
    },
    reached,
  };
}
