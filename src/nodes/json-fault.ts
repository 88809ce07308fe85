/** Where a text stops being JSON: the engines' own messages name the place only sometimes. */

/** The first place that is wrong, counted from 0, and what JSON has there. */
export interface JsonFault {
  readonly position: number
  readonly expected: string
}

/** Finds where `text` stops being JSON; undefined when all of it is. */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    const scanner = new Scanner(text)
    try {
      scanner.value()
      scanner.end()
    } catch (fault) {
      if (fault instanceof Misfit) return { position: fault.position, expected: fault.expected }
      // Nested more deeply than the stack holds; JSON.parse refused it all the same.
      return { position: scanner.position, expected: 'less nesting' }
    }
    return { position: scanner.position, expected: 'JSON' }
  }
}

class Misfit extends Error {
  readonly position: number
  readonly expected: string

  constructor(position: number, expected: string) {
    super(expected)
    this.position = position
    this.expected = expected
  }
}

const space = /[ \t\n\r]*/y
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// As much of a string as is well formed, its closing quote left out. JSON forbids control characters in it.
// oxlint-disable-next-line no-control-regex
const stringBody = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

class Scanner {
  position = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  value(): void {
    this.#take(space)
    if (this.#at('{')) this.#members('}', () => this.#member())
    else if (this.#at('[')) this.#members(']', () => this.value())
    else if (this.#at('"')) this.#string()
    else if (!this.#take(literal)) throw new Misfit(this.position, 'a value')
    this.#take(space)
  }

  end(): void {
    if (this.position < this.#text.length) throw new Misfit(this.position, 'the end of the text')
  }

  #members(close: string, member: () => void): void {
    this.position++
    this.#take(space)
    if (this.#skip(close)) return
    do member()
    while (this.#skip(','))
    if (!this.#skip(close)) throw new Misfit(this.position, `',' or '${close}'`)
  }

  #member(): void {
    this.#take(space)
    if (!this.#at('"')) throw new Misfit(this.position, 'a key in double quotes')
    this.#string()
    this.#take(space)
    if (!this.#skip(':')) throw new Misfit(this.position, "':'")
    this.value()
  }

  #string(): void {
    this.#take(stringBody)
    if (this.#skip('"')) return
    const expected = this.position < this.#text.length ? 'an escaped character' : 'a closing double quote'
    throw new Misfit(this.position, expected)
  }

  #at(character: string): boolean {
    return this.#text[this.position] === character
  }

  #skip(character: string): boolean {
    if (!this.#at(character)) return false
    this.position++
    return true
  }

  /** True when something was taken. */
  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.position
    const taken = pattern.exec(this.#text)?.[0].length ?? 0
    this.position += taken
    return taken > 0
  }
}
