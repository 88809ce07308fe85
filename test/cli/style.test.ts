import { expect, test } from 'vitest'
import { styleOf } from '../../src/cli/style.ts'

const terminal = { isTTY: true }
const dim = '\u001b[2mx\u001b[22m'

test.each([
  ['a terminal', terminal, {}, dim],
  ['a pipe', {}, {}, 'x'],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, 'x'],
  ['a terminal that can do nothing', terminal, { TERM: 'dumb' }, 'x'],
  ['a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, dim],
  ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, 'x'],
])('%s has its colours', (_, stream, environment, text) => {
  expect(styleOf(stream, environment).dim('x')).toBe(text)
})
