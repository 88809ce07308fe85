/** Reads the import statements of a source text. TypeScript 7 has no parser API, so this scans the text itself. */

/** One `import … from`, `export … from`, `import '…'` or `import('…')`, type-only ones included. */
export interface ImportStatement {
  readonly specifier: string
  readonly line: number
}

const STATEMENTS = [
  /\bimport\b(?!\s*[(.])[\w$\s{},*]*?\bfrom\s*"(\d+)"/g,
  /\bexport\s+(?:type\s+)?(?:\*(?:\s*as\s+[\w$]+)?|\{[\w$\s,]*\})\s*from\s*"(\d+)"/g,
  /\bimport\s*"(\d+)"/g,
  /\bimport\s*\(\s*"(\d+)"/g,
]

/** Returns the imports of `text` in the order of their lines. */
export function readImports(text: string): ImportStatement[] {
  const { code, strings } = maskText(text)
  return STATEMENTS.flatMap((pattern) => [...code.matchAll(pattern)])
    .map((match) => ({
      specifier: strings[Number(match[1])] ?? '',
      line: code.slice(0, match.index).split('\n').length,
    }))
    .sort((a, b) => a.line - b.line)
}

interface MaskedText {
  /** The code with comments and regular expressions blanked, and each string replaced by its quoted number. */
  readonly code: string
  readonly strings: readonly string[]
}

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|[`{}/]/g
const REGULAR_EXPRESSION = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y
const TEMPLATE_PART = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:\$\{|`)/y
/** What may stand before a regular expression; after anything else a slash divides. */
const BEFORE_EXPRESSION = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|yield|else))\s*$/

function maskText(text: string): MaskedText {
  const strings: string[] = []
  let code = ''
  let position = 0
  // One entry for each open brace: whether it is the `${` of a template.
  const braces: boolean[] = []

  const skip = (end: number) => {
    code += text.slice(position, end).replace(/[^\n]/g, ' ')
    position = end
  }
  const skipTemplatePart = () => {
    TEMPLATE_PART.lastIndex = position
    const part = TEMPLATE_PART.exec(text)?.[0]
    skip(part === undefined ? text.length : position + part.length)
    if (part?.endsWith('${')) braces.push(true)
  }

  while (position < text.length) {
    TOKEN.lastIndex = position
    const token = TOKEN.exec(text)
    const start = token?.index ?? text.length
    code += text.slice(position, start)
    position = start
    if (!token) break

    const [word] = token
    if (word.startsWith('//') || word.startsWith('/*')) {
      skip(start + word.length)
    } else if (word === '`') {
      skip(start + 1)
      skipTemplatePart()
    } else if (word === '/') {
      REGULAR_EXPRESSION.lastIndex = start
      const expression = BEFORE_EXPRESSION.test(code.slice(-80)) ? REGULAR_EXPRESSION.exec(text)?.[0] : undefined
      skip(start + (expression ?? word).length)
    } else if (word === '}' && braces.pop()) {
      skip(start + 1)
      skipTemplatePart()
    } else if (word === '{' || word === '}') {
      if (word === '{') braces.push(false)
      code += word
      position = start + 1
    } else {
      code += `"${strings.push(word.slice(1, -1)) - 1}"`
      position = start + word.length
    }
  }
  return { code, strings }
}
