import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'

test('piped lines are turns in order, shown with transitions, path and node states', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/chat'], {
    lines: ['My name is Ada.', '', '   ', 'What did I just ask?'],
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const turns = stdout.split('\n\n')
  expect(turns).toHaveLength(3)
  expect(turns[1]).toBe(
    [
      '› What did I just ask?',
      '  input → memory (user_input)',
      '  memory → llm (memory_ready)',
      'You just asked: "My name is Ada."',
      '  llm → output (llm_result)',
      '  memory → llm → output',
      '  memory completed, llm completed',
    ].join('\n'),
  )
})

test('--quiet prints the answers only', async () => {
  const { stdout } = await runTroupe(['chat', 'machines/chat', '--quiet'], { lines: ['Hi', 'What did I just ask?'] })
  expect(stdout.split('\n').at(-2)).toBe('You just asked: "Hi"')
  expect(stdout).not.toContain('→')
})

test('commands work in a pipe too, and one that does not exist ends with 1', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/chat', '--quiet'], {
    lines: ['/graph', '/states', '/trace', '/help', '/nonsense', '/signal approve', '/quit', 'never sent'],
  })
  expect(code).toBe(1)
  expect(stdout).toContain('llm → output (llm_result)\n')
  expect(stdout).toContain('memory  idle\n')
  expect(stdout).toContain('nothing has happened yet\n')
  expect(stdout).toContain('/quit')
  expect(stdout).not.toContain('never sent')
  expect(stderr).toBe(
    'error: There is no command /nonsense. /help lists them. To send this as a message, begin it with another character.\n' +
      "error: The agent takes no signal 'approve'. It takes none. Write /signal TYPE JSON.\n",
  )
})
