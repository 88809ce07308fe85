import { openSession } from 'troupe'
import { expect, test } from 'vitest'
import { serveScript } from './real-model.ts'
import { supervisedTeam } from './supervisor.ts'

test('supervisor: each worker acts when it is picked, and sees what the one before has reported', async () => {
  const data = [
    { label: '2021', value: 3.14 },
    { label: '2022', value: 3.09 },
    { label: '2023', value: 3.34 },
  ]
  await using model = await serveScript([
    { route: 'researcher' },
    { toolCalls: [{ name: 'search', args: { query: 'UK GDP over the past 3 years' } }] },
    'It was 3.14, 3.09 and 3.34 trillion.',
    { route: 'chart_generator' },
    { toolCalls: [{ name: 'generate_bar_chart', args: { data } }] },
    'The chart is drawn.',
    { route: 'finish' },
  ])
  await using session = await openSession(supervisedTeam, { client: model.client })
  const { status, text, error } = await session.send("Draw a chart of the UK's GDP over the past 3 years.").result
  expect({ status, text, error }).toEqual({
    status: 'completed',
    text: 'ChartGenerator: The chart is drawn.',
    error: null,
  })
  const chartRequest = model.requests[4]?.messages
  expect(chartRequest?.at(0)?.content).toContain('You draw charts')
  expect(chartRequest?.at(-1)?.content).toContain('Researcher: It was 3.14, 3.09 and 3.34 trillion.')
  expect(model.requests[5]?.messages.at(-1)?.content).toBe('2021 ###\n2022 ###\n2023 ###')
  // The supervisor is shown the reports of both before it ends.
  expect(model.requests[6]?.messages.filter(({ role }) => role === 'user')).toHaveLength(3)
})
