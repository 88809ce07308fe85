import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../src/testing/script.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { eventsOf, runTroupe, textsOf } from './run-troupe.ts'

// What the servers of this test say not to try again; retries have tests of their own.
const headers = { 'x-should-retry': 'false' }

const answers = {
  unauthorized: { status: 401, message: 'Incorrect API key' },
  limited: { status: 429, message: 'Too many requests', headers },
  broken: { status: 500, message: 'Out of memory', headers },
  'cut off': { text: ['Half ', 'of it'], ending: 'cut' },
  malformed: { raw: 'data: {"choices": [{"delta"\n\n' },
} as const

function contentOf(message: RecordedRequest['messages'][number] | undefined): string {
  return typeof message?.content === 'string' ? message.content : ''
}

function answer(request: RecordedRequest) {
  if (request.response_format) return { route: 'chat' }
  const last = request.messages.at(-1)
  if (last?.role === 'tool') return `The tool said: ${contentOf(last)}`
  const text = contentOf(last)
  if (text === 'bad arguments') return { toolCalls: [{ name: 'calculator', args: '{"expression": 1' }] }
  return answers[text as keyof typeof answers] ?? `You wrote ${text}.`
}

test('whatever the model does, the failure is clear and the session answers afterwards', async () => {
  await using server = await startModelServer(answer)
  const lines = Object.keys(answers).flatMap((failure) => [failure, '', 'again'])
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/assistant', '--json'], {
    lines: [...lines, 'bad arguments', 'again'],
    environment: { OPENAI_BASE_URL: server.baseURL, TROUPE_MODEL: 'm' },
  })
  expect(code).toBe(1)
  const events = eventsOf(stdout)
  const turns = events.filter(({ type }) => type === 'turn_end')
  const at = `Model 'm' at ${server.baseURL}`
  const failures = turns
    .filter(({ status }) => status === 'failed')
    .map(({ error }) => (error as { message: string }).message)
  expect(failures).toEqual([
    `${at} refused the key: 401 Incorrect API key. Check OPENAI_API_KEY, and that the key may use this model.`,
    `${at} takes no more requests now: 429 Too many requests. Wait, send fewer requests at once, or raise the limit.`,
    `${at} failed: 500 Out of memory. Try again; if it keeps failing, look at the log or status page of the server.`,
    expect.stringMatching(/ broke off its answer: .*The text so far is incomplete. Try again/),
    expect.stringMatching(/ sent what is no chat completion: no JSON: .*Check that OPENAI_BASE_URL points to/),
  ])
  expect(stderr.trimEnd().split('\n')).toEqual(failures.map((message) => `error: ${message}`))
  expect(textsOf(events)).toEqual([
    ...Object.keys(answers).map(() => 'You wrote again.'),
    expect.stringContaining("The tool said: Error: the arguments of 'calculator' are no JSON"),
    'You wrote again.',
  ])
})
