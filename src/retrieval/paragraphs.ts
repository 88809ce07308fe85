/** Splits documents into paragraphs: what is searched and put before a model as one piece. */

/** The most UTF-16 units of a paragraph; a longer one is cut at the end of a line or at a space. */
const longestParagraph = 2_000

const heading = /^#{1,6}\s+\S/
// A line that opens and closes at once is none.
const fence = /^\s*(```|~~~)(?!.*\1)/

/**
 * Paragraphs of a Markdown or plain text: what blank lines separate. A Markdown heading stands at the head of each
 * paragraph below it, so that a paragraph says what it is about; a fenced block is not split.
 */
export function splitParagraphs(text: string): string[] {
  const paragraphs: string[] = []
  let title = ''
  /** Whether a paragraph stands below the title yet. */
  let used = true
  let lines: string[] = []
  let openFence: string | undefined

  const close = (): void => {
    const body = lines.join('\n').trim()
    lines = []
    if (body === '') return
    used = true
    for (const part of cut(body)) paragraphs.push(title === '' ? part : `${title}\n${part}`)
  }
  const closeTitle = (): void => {
    close()
    if (!used) paragraphs.push(title)
  }

  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const mark = fence.exec(line)?.[1]
    if (mark !== undefined && (openFence === undefined || openFence === mark)) openFence = openFence ? undefined : mark
    if (openFence === undefined && heading.test(line)) {
      closeTitle()
      title = line.trim()
      used = false
    } else if (openFence === undefined && line.trim() === '') close()
    else lines.push(line)
  }
  closeTitle()
  return paragraphs
}

function cut(text: string): string[] {
  const parts: string[] = []
  let rest = text
  while (rest.length > longestParagraph) {
    const part = rest.slice(0, longestParagraph)
    const place = [part.lastIndexOf('\n'), part.lastIndexOf(' '), part.search(/[。！？](?=[^。！？]*$)/) + 1]
    // In the second half, so that no part is a crumb; never inside of a surrogate pair.
    const end = place.find((at) => at > longestParagraph / 2) ?? longestParagraph - 1
    const safe = /[\uD800-\uDBFF]/.test(rest.charAt(end - 1)) ? end - 1 : end
    parts.push(rest.slice(0, safe).trim())
    rest = rest.slice(safe).trim()
  }
  return rest === '' ? parts : [...parts, rest]
}
