/** Words of a text, as a keyword search compares them. */

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/u
const runs = new RegExp(`${wide.source}|(?:(?!${wide.source})[\\p{L}\\p{N}])+`, 'gu')

const stopWords = new Set(
  (
    'a about after all also am an and any are as at be because been before being but by can could did do does for from ' +
    'had has have he her here him his how i if in into is it its just me more most my no not of on or our out over ' +
    'shall she should so some such than that the their them then there these they this those to too under up us very ' +
    'was we were what when where which while who whom why will with would you your'
  ).split(' '),
)

/**
 * Terms of a text that is searched: words in lower case without plural endings, stop words left out; of scripts that
 * put no space between words, each character and each pair of neighbours.
 */
export function termsOf(text: string): string[] {
  return split(text, (run) => [...run, ...pairsOf(run)])
}

/** Terms to search for: as {@link termsOf}, but pairs only, since single characters stand in too many words. */
export function queryTermsOf(text: string): string[] {
  return split(text, (run) => (run.length === 1 ? run : pairsOf(run)))
}

function split(text: string, termsOfRun: (characters: string[]) => string[]): string[] {
  const terms: string[] = []
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(runs)) {
    if (wide.test(run)) terms.push(...termsOfRun(Array.from(run)))
    else if (!stopWords.has(run)) terms.push(withoutPlural(run))
  }
  return terms
}

function pairsOf(characters: readonly string[]): string[] {
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

/** `policies` and `policy`, `refunds` and `refund` are one term; `status`, `class` and `this` end in no plural. */
function withoutPlural(word: string): string {
  if (word.length > 4 && /[^ae]ies$/.test(word)) return `${word.slice(0, -3)}y`
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2)
  return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word
}
