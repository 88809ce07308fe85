import { expect, test } from 'vitest'
import { startModelServer } from '../../src/testing/model-server.ts'
import { eventsOf, pathsOf, runTroupe, textsOf } from '../cli/run-troupe.ts'

const calculated = 'memory → router → llm → tools → llm → output'
const answered = 'memory → router → llm → output'
const lines = [
  'What is 17*23?',
  'What did I just ask?',
  'How much is 12 plus 30?',
  'What was my last question?',
  'What is an edge in Troupe?',
]

function expectTheFlow(stdout: string): void {
  const events = eventsOf(stdout)
  expect(pathsOf(events)).toEqual([calculated, answered, calculated, answered, 'memory → router → rag → llm → output'])
  const [product, asked, sum, last, documents] = textsOf(events)
  expect(product).toContain('391')
  expect(asked).toContain('What is 17*23?')
  expect(sum).toContain('42')
  expect(last).toContain('How much is 12 plus 30?')
  expect(documents).toMatch(/an edge sends an event.*\[edges-and-routes\.md\]/)
}

test('the assistant calculates, remembers and reads its documents without key and network', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/assistant', '--json'], { lines })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expectTheFlow(stdout)
})

test('the assistant does the same with a model behind OPENAI_BASE_URL', async () => {
  await using server = await startModelServer({ offline: true })
  const environment = { OPENAI_BASE_URL: server.baseURL, TROUPE_MODEL: 'served' }
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/assistant', '--json'], { lines, environment })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expectTheFlow(stdout)
  expect(new Set(server.requests.map(({ model }) => model))).toEqual(new Set(['served']))
  // Each of the five turns has a decision and an answer, two of them an answer that calls a tool.
  expect(server.requests).toHaveLength(12)
})
