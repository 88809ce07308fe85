import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { TerminalReader } from '../../src/cli/terminal-reader.ts'

class Screen extends PassThrough {
  readonly columns = 80
  readonly rows = 24
  shown = ''

  constructor() {
    super()
    this.on('data', (chunk: Buffer) => (this.shown += chunk.toString()))
  }
}

function openReader() {
  const input = new PassThrough()
  const output = new Screen()
  let interrupts = 0
  const reader = new TerminalReader({ input, output: output as never }, '> ', () => interrupts++)
  return { input, output, reader, interrupts: () => interrupts }
}

/** Until readline has read what was typed. */
const nextTick = () => new Promise((resolve) => setImmediate(resolve))

test('what is typed while a turn runs is not shown, and is the next line', async () => {
  const { input, output, reader } = openReader()
  const first = reader.read()
  input.write('one\r')
  expect(await first).toBe('one')
  await nextTick()
  output.shown = ''
  input.write('two\rthr')
  await nextTick()
  expect(output.shown).toBe('')
  expect(await reader.read()).toBe('two')
  const third = reader.read()
  await nextTick()
  expect(output.shown).toContain('> two\n')
  expect(output.shown).toContain('> thr')
  input.write('ee\r')
  expect(await third).toBe('three')
  reader.close()
})

test('a prompt that is hidden takes its lines away, and comes back with what was typed', async () => {
  const { input, output, reader } = openReader()
  const line = reader.read()
  input.write('x'.repeat(100))
  await nextTick()
  output.shown = ''
  reader.hide()
  // One row up, to where the prompt began.
  expect(output.shown).toBe('\u001b[1A\r\u001b[J')
  output.shown = ''
  input.write('y')
  await nextTick()
  expect(output.shown).toBe('')
  reader.redraw()
  expect(output.shown).toContain(`> ${'x'.repeat(100)}y`)
  expect(output.shown).not.toContain('\u001b[1A')
  reader.hide()
  input.write('\r')
  await nextTick()
  reader.redraw()
  expect(await line).toBe(`${'x'.repeat(100)}y`)
  reader.close()
})

test('Ctrl-C clears a line that was begun, and else interrupts', async () => {
  const { input, reader, interrupts } = openReader()
  const line = reader.read()
  input.write('half a li')
  input.write('\u0003')
  await nextTick()
  expect(interrupts()).toBe(0)
  input.write('\u0003')
  await nextTick()
  expect(interrupts()).toBe(1)
  input.write('whole\r')
  expect(await line).toBe('whole')
  input.write('\u0003')
  await nextTick()
  expect(interrupts()).toBe(2)
  reader.close()
})

test('Ctrl-D ends it', async () => {
  const { input, reader } = openReader()
  const line = reader.read()
  input.write('\u0004')
  expect(await line).toBeUndefined()
  expect(await reader.read()).toBeUndefined()
})
