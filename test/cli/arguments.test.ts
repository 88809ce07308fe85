import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeProgram } from '../../src/cli/program.ts'
import { runTroupe } from './run-troupe.ts'

const printed = { stdout: '', stderr: '' }

beforeEach(() => {
  for (const name of ['stdout', 'stderr'] as const) {
    printed[name] = ''
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += String(text)
      return true
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** The exit code of arguments that run nothing. */
async function exitCodeOf(args: readonly string[]): Promise<unknown> {
  const parsing = makeProgram({ exitCode: 0 }).parseAsync(args, { from: 'user' })
  return parsing.then(
    () => 'ran',
    (error: { exitCode?: unknown }) => error.exitCode,
  )
}

const refused: [args: string[], message: string][] = [
  [['chta'], "unknown command 'chta'\n(Did you mean chat?)"],
  [['chat', 'machines/chat', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)"],
  [['graph', 'machines/chat', '--format', 'xml'], 'Allowed choices are json, mermaid.'],
  [['chat'], "missing required argument 'file'"],
  [['check', 'machines/chat', 'more'], "too many arguments for 'check'"],
  [['chat', 'machines/chat', '--session', 'a/b'], "Use 1 to 128 letters, digits, '.', '_' and '-'"],
  [['chat', 'machines/chat', '--durability', 'async'], "option '--durability' needs option '--store <url>'"],
  [['sessions', 'ls', '--store', 'sqlite:x', '--limit', '0'], 'Use a number from 1 to 1000.'],
  [['sessions', 'ls'], "required option '--store <url>' not specified"],
  [['sessions', 'lst'], "unknown command 'lst'\n(Did you mean ls?)"],
  [['sessions', 'rm', 'a', '--store', 'sqlite:x', '--jes'], "unknown option '--jes'\n(Did you mean --yes?)"],
  [['sessions', 'import', 'f', '--store', 'sqlite:x', '--as', 'a/b'], "Use 1 to 128 letters, digits, '.', '_' and '-'"],
  [['chat', 'machines/chat', '--json', '--quiet'], "'-q, --quiet' cannot be used with option '--json'"],
]

test.each(refused)('%j is refused', async (args, message) => {
  expect(await exitCodeOf(args)).toBe(1)
  expect(printed.stdout).toBe('')
  expect(printed.stderr).toContain(message)
  expect(printed.stderr).toContain('Run it with --help')
})

test.each([
  [['--help']],
  [['chat', '--help']],
  [['check', '--help']],
  [['graph', '--help']],
  [['sessions', '--help']],
  [['help', 'chat']],
])('%j prints help', async (args) => {
  expect(await exitCodeOf(args)).toBe(0)
  expect(printed.stdout).toMatch(/^Usage: troupe /)
  expect(printed.stderr).toBe('')
})

test('the process ends with the code, and --version prints the version', async () => {
  const [unknown, version] = await Promise.all([runTroupe(['chat', '--nonsense']), runTroupe(['--version'])])
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
})
