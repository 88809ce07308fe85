import { openSession } from 'troupe'
import { expect, test } from 'vitest'
import { planAndExecute } from './plan-and-execute.ts'
import { serveScript } from './real-model.ts'

test('plan and execute: steps are done in order and the plan changed until the replanner answers', async () => {
  await using model = await serveScript([
    { json: { steps: ['Find the winner of the 2024 Australian Open', 'Find the hometown of the winner'] } },
    { toolCalls: [{ name: 'search', args: { query: 'winner 2024 Australian Open' } }] },
    'Jannik Sinner won.',
    { json: { response: null, steps: ['Find the hometown of Jannik Sinner'] } },
    { toolCalls: [{ name: 'search', args: { query: 'hometown of Jannik Sinner' } }] },
    'He is from Sexten.',
    { json: { response: 'The hometown is Sexten.', steps: [] } },
  ])
  await using session = await openSession(planAndExecute, { client: model.client })
  const { status, text, usage, error } = await session.send('what is the hometown of the 2024 Australian open winner?')
    .result
  expect({ status, text, error }).toEqual({ status: 'completed', text: 'The hometown is Sexten.', error: null })
  expect(usage.calls).toBe(7)
  const shown = model.requests.map(({ messages }) => messages.at(-1)?.content)
  // Each step is a conversation of its own, and the replanner sees what was done.
  expect(shown[1]).toBe('Find the winner of the 2024 Australian Open')
  expect(shown[4]).toBe('Find the hometown of Jannik Sinner')
  expect(shown[6]).toContain(
    'Find the winner of the 2024 Australian Open: Jannik Sinner won.\nFind the hometown of Jannik Sinner: He is from Sexten.',
  )
})
