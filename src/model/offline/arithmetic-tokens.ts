/** Takes a text apart into numbers, operators and words, with one spelling for what has several. */

/** A piece of a text; operators are symbols however they were written. */
export type Token =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string }

const smallNumbers = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ')
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

const operatorWords: Readonly<Record<string, string>> = {
  plus: '+',
  minus: '-',
  times: '*',
  x: '*',
  mod: '%',
  modulo: '%',
  加: '+',
  加上: '+',
  减: '-',
  减去: '-',
  乘: '*',
  乘以: '*',
  除以: '/',
}

const tokenPattern = new RegExp(
  [
    // Dates, times and names with digits (A-17, gpt-4.1, v2) are no arithmetic.
    String.raw`(?<skip>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\/\d{1,2}\/\d{2,4}|\d{1,2}:\d{2}|24\/7|[a-z_#]+-?\d[\w.-]*)`,
    // Taken whole, so that a long run of digits is read once; what is no number is sorted out below.
    String.raw`(?<number>(?:\.\d+|\d+(?:[.,]\d+)*)[a-z]*)`,
    String.raw`(?<word>[a-z]+|加上?|减去?|乘以?|除以)`,
    String.raw`(?<symbol>\*\*|[-+*/^%()])`,
    String.raw`(?<other>\S)`,
  ].join('|'),
  'g',
)
const numberPattern = /^(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?$/
const tensAndOnes = new RegExp(String.raw`\b(${tens.join('|')})[- ](${smallNumbers.slice(1, 10).join('|')})\b`, 'g')

/** One spelling for what has several. */
function unify(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[×·∙]/g, '*')
    .replace(/[÷∕]/g, '/')
    .replace(/[−–]/g, '-')
    .replace(/[$€£¥]/g, '')
    .replace(/(\d)\s*x\s*(?=[\d(])/g, '$1*')
    .replace(tensAndOnes, (_, ten: string, one: string) => String((numberOf(ten) ?? 0) + (numberOf(one) ?? 0)))
    .replace(/\b(square|cube) root\b/g, '$1root')
    .replace(/\braised to\b/g, 'to')
    .replace(/\bto the power(?: of)?\b/g, '^')
    .replace(/\b(multiplied|divided) by\b/g, (_, word: string) => (word === 'divided' ? '/' : '*'))
}

function numberOf(word: string): number | undefined {
  const small = smallNumbers.indexOf(word)
  if (small >= 0) return small
  const ten = tens.indexOf(word)
  return ten >= 0 ? (ten + 2) * 10 : undefined
}

/** The tokens of a text, in its order. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (const { groups = {}, 0: whole } of unify(text).matchAll(tokenPattern)) {
    const { number, word, symbol } = groups
    if (number !== undefined && numberPattern.test(number))
      tokens.push({ kind: 'number', text: number.replaceAll(',', '').replace(/^\./, '0.') })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol.replace('**', '^') })
    else if (word !== undefined) tokens.push(tokenOfWord(word))
    else tokens.push({ kind: 'word', text: whole })
  }
  return tokens
}

function tokenOfWord(word: string): Token {
  const operator = Object.hasOwn(operatorWords, word) ? operatorWords[word] : undefined
  if (operator !== undefined) return { kind: 'symbol', text: operator }
  const number = numberOf(word)
  return number === undefined ? { kind: 'word', text: word } : { kind: 'number', text: String(number) }
}
