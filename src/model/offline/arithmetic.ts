/** Spots arithmetic in what people write, and says it as expressions that a calculator takes. Nothing is computed here. */

import { tokenize, type Token } from './arithmetic-tokens.ts'

interface Parsed {
  readonly text: string
  readonly end: number
  /** How many operations it has; a bare number has none. */
  readonly operations: number
}

/** `multiply 6 by 7`: what stands between the numbers, and how the expression is made of them. */
interface Command {
  readonly between: readonly string[]
  /** It takes more than two numbers. */
  readonly many?: true
  make(numbers: readonly string[]): string
}
const commands: Readonly<Record<string, Command>> = {
  multiply: { between: ['by', 'and', 'with', ','], many: true, make: (numbers) => numbers.join('*') },
  product: { between: ['and', ','], many: true, make: (numbers) => numbers.join('*') },
  divide: { between: ['by'], make: (numbers) => numbers.join('/') },
  add: { between: ['and', 'to', 'with', ','], many: true, make: (numbers) => numbers.join('+') },
  sum: { between: ['and', ','], many: true, make: (numbers) => numbers.join('+') },
  subtract: { between: ['from'], make: (numbers) => numbers.toReversed().join('-') },
  difference: { between: ['and'], make: (numbers) => numbers.join('-') },
}

/** `half of 90`: words before one number, and what is made of it. */
const fractions: Readonly<Record<string, (number: string) => string>> = {
  half: (number) => `${number}/2`,
  third: (number) => `${number}/3`,
  quarter: (number) => `${number}/4`,
  double: (number) => `2*${number}`,
  twice: (number) => `2*${number}`,
  squareroot: (number) => `${number}^0.5`,
  sqrt: (number) => `${number}^0.5`,
  cuberoot: (number) => `${number}^(1/3)`,
}
const fractionsWithOf = new Set(['half', 'third', 'quarter'])

// What people ask is short; the limit keeps the parser, which is recursive, from the depth of what is not.
const mostTokens = 500

/** The independent arithmetic expressions of a text, in its order, without spaces and each once: `17*23`. */
export function findArithmetic(text: string): string[] {
  const tokens = tokenize(text).slice(0, mostTokens)
  const found = new Set<string>()
  for (let at = 0; at < tokens.length;) {
    const parsed = parseExpression(tokens, at)
    if (parsed && parsed.operations > 0) {
      found.add(parsed.text)
      at = parsed.end
    } else {
      at++
    }
  }
  return [...found]
}

function parseExpression(tokens: readonly Token[], start: number): Parsed | undefined {
  let left = parseOperand(tokens, start)
  while (left) {
    const operator = readOperator(tokens, left.end)
    const right = operator && parseOperand(tokens, left.end + 1)
    if (!right) return left
    left = {
      text: `${left.text}${operator}${enclose(right.text)}`,
      end: right.end,
      operations: left.operations + right.operations + 1,
    }
  }
  return undefined
}

function readOperator(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  return token?.kind === 'symbol' && /^[-+*/^%]$/.test(token.text) ? token.text : undefined
}

function parseOperand(tokens: readonly Token[], at: number): Parsed | undefined {
  const token = tokens[at]
  if (!token) return undefined
  if (token.kind === 'word') return parseWords(tokens, at, token.text)
  if (token.kind === 'number') return parseAfterNumber(tokens, at, token.text)
  if (token.text === '-') {
    const next = tokens[at + 1]
    const operand = next?.kind === 'number' || next?.text === '(' ? parseOperand(tokens, at + 1) : undefined
    return operand && { ...operand, text: `-${operand.text}` }
  }
  if (token.text !== '(') return undefined
  const inner = parseExpression(tokens, at + 1)
  if (!inner || tokens[inner.end]?.text !== ')') return undefined
  return parsePostfix(tokens, { text: `(${inner.text})`, end: inner.end + 1, operations: inner.operations })
}

/** `15% of 80`, and a number with what may follow it. */
function parseAfterNumber(tokens: readonly Token[], at: number, text: string): Parsed | undefined {
  const isPercent = tokens[at + 1]?.text === '%' || tokens[at + 1]?.text === 'percent'
  if (isPercent && tokens[at + 2]?.text === 'of') {
    const whole = parseOperand(tokens, skipArticle(tokens, at + 3))
    return whole && { text: `${text}/100*${enclose(whole.text)}`, end: whole.end, operations: whole.operations + 1 }
  }
  // What `20%` alone is a part of, the text does not say; before a number, the sign is the operator.
  const after = tokens[at + 2]
  if (isPercent && after?.kind !== 'number' && after?.text !== '(') return undefined
  return parsePostfix(tokens, { text, end: at + 1, operations: 0 })
}

function parsePostfix(tokens: readonly Token[], operand: Parsed): Parsed {
  const power = { squared: '^2', cubed: '^3' }[tokens[operand.end]?.text ?? '']
  if (power === undefined) return operand
  return { text: operand.text + power, end: operand.end + 1, operations: operand.operations + 1 }
}

function parseWords(tokens: readonly Token[], at: number, word: string): Parsed | undefined {
  const start = ['of', 'between'].includes(tokens[at + 1]?.text ?? '') ? skipArticle(tokens, at + 2) : at + 1
  const fraction = Object.hasOwn(fractions, word) ? fractions[word] : undefined
  if (fraction) {
    if (fractionsWithOf.has(word) && start === at + 1) return undefined
    const operand = parseOperand(tokens, start)
    return operand && { text: fraction(operand.text), end: operand.end, operations: operand.operations + 1 }
  }
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined
  return command && parseCommand(tokens, start, command)
}

function parseCommand(tokens: readonly Token[], start: number, command: Command): Parsed | undefined {
  const operands: Parsed[] = []
  let next: Parsed | undefined = parseOperand(tokens, start)
  while (next) {
    operands.push(next)
    if (operands.length === 2 && !command.many) break
    let at = next.end
    while (command.between.includes(tokens[at]?.text ?? '')) at++
    next = at > next.end ? parseOperand(tokens, at) : undefined
  }
  const last = operands.at(-1)
  if (!last || operands.length < 2) return undefined
  return {
    text: command.make(operands.map(({ text }) => enclose(text))),
    end: last.end,
    operations: operands.reduce((sum, { operations }) => sum + operations + 1, 0),
  }
}

function enclose(text: string): string {
  return text.startsWith('-') ? `(${text})` : text
}

function skipArticle(tokens: readonly Token[], at: number): number {
  return tokens[at]?.text === 'the' ? at + 1 : at
}
