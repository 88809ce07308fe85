/** A point that a handler waits at until the test lets it go on. */
export interface Gate {
  /** Resolves when somebody came to the gate. */
  readonly reached: Promise<void>
  /** Comes to the gate; resolves when it is open. */
  pass(): Promise<void>
  open(): void
}

/** Makes a closed gate. */
export function gate(): Gate {
  let reach = (): void => {}
  let open = (): void => {}
  const reached = new Promise<void>((resolve) => (reach = resolve))
  const opened = new Promise<void>((resolve) => (open = resolve))
  return {
    reached,
    pass() {
      reach()
      return opened
    },
    open: () => open(),
  }
}

/** One turn of the event loop: what microtasks can do is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
