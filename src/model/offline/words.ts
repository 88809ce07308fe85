/** Compares texts by the words that they share. */

const stopWords = new Set(
  (
    'a an and are as at be but by can could did do does else for from has have how i if in into is it its let me my no not of on ' +
    'or our please shall should so some that the their them there these they this to us was we were what when where which who ' +
    'whom why will with would you your about just any anything everything tell give want need know'
  ).split(' '),
)

/** The words of a text that say what it is about, in a common form; Chinese text gives its pairs of characters. */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(/[\p{Script=Latin}\p{N}]+|\p{Script=Han}+/gu)) {
    if (/\p{Script=Han}/u.test(word)) {
      for (let index = 0; index + 1 < word.length; index++) words.add(word.slice(index, index + 2))
    } else if (!stopWords.has(word)) {
      words.add(stemOf(word))
    }
  }
  return words
}

/** How many words two sets share. */
export function countShared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const word of a) if (b.has(word)) shared++
  return shared
}

/** Rough on purpose: it only has to bring `refunds`, `refunded` and `refunding` together. */
export function stemOf(word: string): string {
  if (word.length < 4) return word
  return word
    .replace(/(?:ies)$/, 'y')
    .replace(/(?:ing|ed|es|s)$/, '')
    .replace(/e$/, '')
}
