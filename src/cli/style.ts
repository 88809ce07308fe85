/** Colours, where the reader of a stream can see them. */
import pico from 'picocolors'

/** Functions that colour a text, or leave it as it is. */
export type Style = ReturnType<typeof pico.createColors>

/** Colours for a stream: on a terminal unless NO_COLOR is set, elsewhere only with FORCE_COLOR. */
export function styleOf(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment
  if (NO_COLOR) return pico.createColors(false)
  if (FORCE_COLOR) return pico.createColors(FORCE_COLOR !== '0')
  return pico.createColors(stream.isTTY === true && TERM !== 'dumb')
}

// Control sequences as a whole, then what is left of control characters; line ends and tabs may stay.
// oxlint-disable-next-line no-control-regex
const unprintable = /\u001b\[[0-?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Without what would move the cursor or change the terminal. */
export function printable(text: string): string {
  return text.replace(unprintable, '')
}
