import './matchers-vitest.ts'
import { openSession, type Session } from 'troupe'
import {
  assertAborted,
  assertEmitted,
  assertNoLiveActors,
  assertVisited,
  hold,
  openTestSession,
  scriptedModel,
} from 'troupe/testing'
import { describe, expect, test } from 'vitest'
import { toolLoop } from '../scenarios/agents.ts'

const script = () => [{ toolCalls: [{ id: 'c1', name: 'add', args: { a: 1, b: 2 } }] }, 'Three.', 'Hello.']

async function talk(): Promise<{ session: Session; traceIds: string[] }> {
  const session = await openTestSession(toolLoop, { client: scriptedModel(script()).client })
  const turns = [session.send('1 + 2?'), session.send('Hi')]
  for (const { result } of turns) await result
  return { session, traceIds: turns.map(({ traceId }) => traceId) }
}

const trace = [
  'Its trace:',
  '  input → memory (user_input)',
  '  memory → llm (memory_ready)',
  '  llm → tools (tool_call)',
  '  tools → llm (tool_result)',
  '  llm → output (llm_result)',
]

describe('toHaveVisited', () => {
  test('holds for targets in their order, of all turns or of one', async () => {
    const { session, traceIds } = await talk()
    await using _ = session
    expect(session).toHaveVisited(['memory', 'llm', 'tools', 'output', 'memory'])
    expect(session).not.toHaveVisited(['tools', 'memory', 'tools'])
    expect(session).toHaveVisited(['memory', 'llm', 'output'], { traceId: traceIds[1] as string, exactly: true })
    expect(session).not.toHaveVisited(['memory', 'output'], { traceId: traceIds[1] as string, exactly: true })
    expect(session.trace()).toHaveVisited(['memory'])
    assertVisited(session, ['tools', 'llm'])
  })

  test('shows what is missing, and the trace', async () => {
    const { session, traceIds } = await talk()
    await using _ = session
    const [traceId = ''] = traceIds
    const wanted = 'expected the session to have visited memory → tools → rag'
    expect(() => assertVisited(session, ['memory', 'tools', 'rag'], { traceId })).toThrow(
      [wanted, `'rag' does not come after 'tools'.`, ...trace].join('\n'),
    )
    expect(() => expect(session).not.toHaveVisited(['memory'], { traceId })).toThrow(
      ['expected the session not to have visited memory', ...trace].join('\n'),
    )
    expect(() => assertVisited(session, ['memory'], { traceId, exactly: true })).toThrow(
      'Other targets are among them: memory → llm → tools → llm → output',
    )
    expect(() => assertVisited([], ['memory'])).toThrow('Its trace is empty.')
  })
})

describe('toHaveEmitted', () => {
  test('looks at the data, transient events included', async () => {
    const { session } = await talk()
    await using _ = session
    expect(session).toHaveEmitted('llm', 'tool_call')
    expect(session).toHaveEmitted('llm', 'tool_call', { calls: [{ name: 'add', args: { a: 1 } }] })
    expect(session).toHaveEmitted('llm', 'llm_result', { text: expect.stringMatching(/^Hel/) })
    expect(session).toHaveEmitted('llm', 'llm_chunk', { final: true })
    expect(session).toHaveEmitted('input', 'user_input', 'Hi')
    expect(session).not.toHaveEmitted('llm', 'tool_call', { calls: [] })
    expect(session).not.toHaveEmitted('llm', 'route')
  })

  test('shows what was emitted instead', async () => {
    const { session } = await talk()
    await using _ = session
    expect(() => assertEmitted(session, 'tools', 'tool_result', { results: [{ content: '4' }] })).toThrow(
      /^expected 'tools' to have emitted 'tool_result' with {"results":\[{"content":"4"}]}\nIt emitted:\n {2}{.*"content":"3".*}\nIts trace:\n/,
    )
    expect(() => expect(session).not.toHaveEmitted('llm', 'tool_call')).toThrow(
      `expected 'llm' not to have emitted 'tool_call'\nIts trace:`,
    )
  })

  test('of a session that records nothing knows the names only', async () => {
    await using session = await openSession(toolLoop, { client: scriptedModel(script()).client })
    await session.send('1 + 2?').result
    expect(session).toHaveEmitted('llm', 'tool_call')
    expect(() => assertEmitted(session, 'llm', 'tool_call', {})).toThrow('open it with openTestSession')
    expect(() => assertNoLiveActors(session)).toThrow('open it with openTestSession')
  })
})

test('toHaveNoLiveActors holds once the session is stopped', async () => {
  const { session } = await talk()
  expect(session).not.toHaveNoLiveActors()
  expect(() => assertNoLiveActors(session)).toThrow(
    'expected the session to have no live actors, but 4 are running: tool_loop, memory, llm, tools',
  )
  await session.stop()
  expect(session).toHaveNoLiveActors()
  assertNoLiveActors(session)
})

test('toBeAborted tells whether cancelling reached a request', async () => {
  const gate = hold()
  let signal: AbortSignal | undefined
  const model = scriptedModel([{ text: ['Once', gate] }])
  const client = model.client.withOptions({
    fetch: (input, init) => {
      signal = init?.signal ?? undefined
      return model.fetch(input as string, init as RequestInit)
    },
  })
  await using session = await openTestSession(toolLoop, { client })
  const turn = session.send('Tell me a story')
  await gate.reached
  expect(signal).not.toBeAborted()
  expect(() => assertAborted(signal as AbortSignal)).toThrow('expected the signal to be aborted')
  turn.cancel()
  await turn.result
  expect(signal).toBeAborted()
})
