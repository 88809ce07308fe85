/** A calculator as a tool: arithmetic is parsed and computed here, nothing is evaluated as code. */
import { defineTool, z } from 'troupe'

/** An expression that is no arithmetic; the message says where, and what was expected there. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

/** The tool that a model calls for arithmetic. */
export const calculator = defineTool({
  name: 'calculator',
  description: 'Computes arithmetic: numbers with + - * / ^ % (remainder) and parentheses.',
  parameters: z.object({ expression: z.string().max(2_000).describe('Such as 17*23 or -(2.5 + 4)^2 / 3') }),
  idempotent: true,
  run: ({ expression }) => format(calculate(expression)),
})

/**
 * The value of an arithmetic expression. `^` binds tightest and to the right, `-2^2` is -4; `%` is the remainder, with
 * the sign of the left side.
 * @throws ExpressionError when the text is no arithmetic, or its value is no finite number.
 */
export function calculate(text: string): number {
  const tokens = tokenize(text)
  const reader = new Reader(tokens)
  const value = reader.sum()
  reader.expectEnd()
  if (!Number.isFinite(value)) throw new ExpressionError('The value is too large for a number.')
  return value
}

/** Without the last digits, which binary fractions do not hold: 0.1 + 0.2 is 0.3. */
function format(value: number): string {
  return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(15)))
}

interface Token {
  /** A number, or one of the signs. */
  readonly text: string
  /** Counted from 1. */
  readonly position: number
}

const tokenPattern = /\s*(?:((?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)|(\*\*|[-+*/^%()]))/giy
const deepest = 200

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  tokenPattern.lastIndex = 0
  for (let at = 0; at < end; at = tokenPattern.lastIndex) {
    const match = tokenPattern.exec(text)
    if (!match) {
      const position = at + (/\S/.exec(text.slice(at))?.index ?? 0) + 1
      throw new ExpressionError(
        `'${String.fromCodePoint(text.codePointAt(position - 1) ?? 0)}' at position ${position} is no arithmetic: use numbers, + - * / ^ % and parentheses.`,
      )
    }
    const sign = (match[1] ?? match[2]) as string
    tokens.push({ text: sign === '**' ? '^' : sign, position: tokenPattern.lastIndex - sign.length + 1 })
  }
  return tokens
}

/** Reads tokens by rule: a sum of products of powers. */
class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  sum(): number {
    let value = this.#product()
    for (;;) {
      if (this.#take('+')) value += this.#product()
      else if (this.#take('-')) value -= this.#product()
      else return value
    }
  }

  expectEnd(): void {
    const token = this.#tokens[this.#at]
    if (!token) return
    if (token.text === ')') throw new ExpressionError(`')' at position ${token.position} closes nothing.`)
    throw new ExpressionError(`An operator is missing before '${token.text}' at position ${token.position}.`)
  }

  #product(): number {
    let value = this.#signed()
    for (;;) {
      if (this.#take('*')) value *= this.#signed()
      else if (this.#take('/')) value /= this.#divisor('divide')
      else if (this.#take('%')) value %= this.#divisor('take the remainder')
      else return value
    }
  }

  #divisor(what: string): number {
    const value = this.#signed()
    if (value === 0) throw new ExpressionError(`Nothing can ${what} by zero.`)
    return value
  }

  #signed(): number {
    return this.#within(() => {
      if (this.#take('-')) return -this.#signed()
      if (this.#take('+')) return this.#signed()
      return this.#power()
    })
  }

  #power(): number {
    const base = this.#operand()
    if (!this.#take('^')) return base
    const exponent = this.#signed()
    if (base === 0 && exponent < 0) throw new ExpressionError('Zero has no negative power.')
    const value = base ** exponent
    if (Number.isNaN(value)) throw new ExpressionError(`${base}^${exponent} is no real number.`)
    return value
  }

  #operand(): number {
    const token = this.#tokens[this.#at]
    if (!token) throw new ExpressionError('A number is missing at the end.')
    this.#at++
    if (token.text === '(') {
      const value = this.sum()
      const next = this.#tokens[this.#at]
      if (!this.#take(')')) {
        if (next) this.expectEnd()
        throw new ExpressionError(`'(' at position ${token.position} is not closed.`)
      }
      return value
    }
    const value = Number(token.text)
    if (Number.isNaN(value))
      throw new ExpressionError(`A number is missing before '${token.text}' at position ${token.position}.`)
    return value
  }

  #within(read: () => number): number {
    if (++this.#depth > deepest) throw new ExpressionError(`More than ${deepest} signs and parentheses are nested.`)
    const value = read()
    this.#depth--
    return value
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#at]?.text !== text) return false
    this.#at++
    return true
  }
}
