/**
 * A text of at most so many bytes of UTF-8, cut between two characters; the note that then follows says how much is
 * left out, and is not counted.
 */
export function cutText(text: string, maxBytes: number): string {
  // No character has more than three bytes for each of its code units.
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes
  // The bytes of a character that follow its first one.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return `${bytes.toString('utf8', 0, end)}\n[cut here: ${bytes.length - end} of ${bytes.length} bytes are left out]`
}
