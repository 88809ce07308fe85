/**
 * Splits streamed text into sentences, for speech.
 *
 * Invariants
 * 1. No text is lost: sentences and rest put together are the text. Space between sentences leads the next one.
 * 2. A decision depends on the text alone, never on how it was cut into chunks: whatever a later character could change
 *    waits for that character.
 */

/** What {@link splitSentences} gives. */
export interface SplitText {
  /** Complete sentences in order. */
  readonly sentences: readonly string[]
  /** What is no complete sentence yet: put the next chunk behind it and split again. Empty when `final`. */
  readonly rest: string
}

/** Options of {@link splitSentences}. */
export interface SplitOptions {
  /** No more text follows: the rest is a sentence. Default: false. */
  readonly final?: boolean
  /** The most UTF-16 units of a sentence; a longer run is cut at a word boundary. From 2. Default: 300. */
  readonly longest?: number
}

// A run of marks with the quotes and brackets that they close, or a line's end.
const boundary = /\n|[.!?…。！？｡]+["'”’»」』）)\]】》*_]*/g
const wideMark = /[。！？｡]/
const wideLetter = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
const lastSpace = /\s(?=\S*$)/
const lastWideComma = /[，、；：](?=[^，、；：]*$)/
const abbreviations = new Set(
  (
    'mr mrs ms dr prof sr jr st vs etc approx fig vol cf al inc ltd corp dept est pp ' +
    'jan feb aug sept oct nov dec mon tue wed thu fri'
  ).split(' '),
)

/**
 * Splits text at the ends of sentences: `. ! ?` and an ellipsis before space, `。！？` anywhere, and line ends. Dots of
 * decimals, abbreviations (`e.g.`, `Dr.`), initials and list numbers end none.
 */
export function splitSentences(text: string, options: SplitOptions = {}): SplitText {
  const { final = false, longest = 300 } = options
  const sentences: string[] = []
  let start = 0
  for (;;) {
    const end = endOfSentence(text, start, final, longest)
    if (end === undefined) break
    sentences.push(text.slice(start, end))
    start = end
  }
  const rest = text.slice(start)
  if (!final || rest === '') return { sentences, rest }
  return { sentences: [...sentences, rest], rest: '' }
}

/** Where the sentence that begins at `start` ends; undefined when that cannot be said yet. */
function endOfSentence(text: string, start: number, final: boolean, longest: number): number | undefined {
  const limit = start + longest
  // Line ends before the sentence end nothing.
  boundary.lastIndex = start + (/\S/.exec(text.slice(start))?.index ?? text.length)
  for (let match = boundary.exec(text); match; match = boundary.exec(text)) {
    const [mark] = match
    const end = mark === '\n' ? match.index : match.index + mark.length
    if (end > limit) break
    if (mark === '\n') return end
    // The run of marks may go on, and what follows it decides.
    if (end === text.length) {
      if (!final) return undefined
      break
    }
    if (endsSentence(text.slice(start, match.index), mark, text.charAt(end))) return end
  }
  return text.length > limit ? cut(text, start, limit) : undefined
}

function endsSentence(before: string, mark: string, next: string): boolean {
  if (wideMark.test(mark)) return true
  if (/[!?]/.test(mark) && wideLetter.test(next)) return true
  if (!/\s/.test(next)) return false
  // One dot, with or without quotes and brackets behind it.
  return !/^\.(?![.!?…])/.test(mark) || !isAbbreviation(before)
}

/** Whether a dot behind this text belongs to its last word. */
function isAbbreviation(before: string): boolean {
  // The number of a list item.
  if (/^\s*\d{1,3}$/.test(before)) return true
  const word = /[\p{L}\p{N}.]+$/u.exec(before)?.[0] ?? ''
  return /^(?!I$)[\p{Lu}\p{Ll}](\.\p{L})*$/u.test(word) || abbreviations.has(word.toLowerCase())
}

/** Where to cut a run that is too long: before its last space, behind its last wide comma, or anywhere. */
function cut(text: string, start: number, limit: number): number {
  const run = text.slice(start, limit + 1)
  const first = /\S/.exec(run)?.index ?? run.length
  const space = lastSpace.exec(run)?.index ?? -1
  const comma = (lastWideComma.exec(run.slice(0, -1))?.index ?? -1) + 1
  const best = Math.max(space > first ? space : 0, comma)
  if (best > 0) return start + best
  const splitsPair = /[\uDC00-\uDFFF]/.test(text.charAt(limit)) && /[\uD800-\uDBFF]/.test(text.charAt(limit - 1))
  return splitsPair ? limit - 1 : limit
}
