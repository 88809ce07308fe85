import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import research from '../../machines/research/agent.ts'
import { eventsOf, pathsOf, runTroupe, textsOf } from '../cli/run-troupe.ts'

test('as many researchers work as the question has topics, and the writer reports, without key and network', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/research', '--json'], {
    lines: ['Research coffee, tea and cocoa', 'Research tea'],
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const all = eventsOf(stdout)
  const events = all.filter(({ from }) => !(from as string | undefined)?.includes('/'))
  expect(all.length).toBeGreaterThan(events.length)
  expect(pathsOf(events)).toEqual([
    'memory → planner → team → writer → output',
    'memory → planner → team → writer → output',
  ])
  const [three, one] = textsOf(events)
  for (const source of ['coffee.md', 'tea.md', 'cocoa.md']) expect(three).toContain(source)
  expect(one).toContain('tea.md')
  expect(one).not.toContain('coffee.md')
})

test('the planner asks for topics one by one, and the writer gets a report on each', async () => {
  const topic = (id: string, name: string): object => ({ id, name: 'research', args: { topic: name } })
  const model = scriptedModel([
    { toolCalls: [topic('c1', 'coffee'), topic('c2', 'tea')] as never },
    'About one thing.',
    'About another.',
    'The report.',
  ])
  await using session = await openSession(research as never, { id: 's', client: model.client })
  expect(await session.send('Compare coffee and tea').result).toMatchObject({
    text: 'The report.',
    usage: { calls: 4 },
  })
  const asked = model.requests
    .slice(1, 3)
    .map(({ messages }) => messages.findLast(({ role }) => role === 'user')?.content)
  expect(asked).toHaveLength(2)
  expect(asked).toEqual(expect.arrayContaining(['coffee', 'tea']))
  const reports = model.requests[3]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
  expect(reports).toHaveLength(2)
  expect(reports).toEqual(expect.arrayContaining(['About another.', 'About one thing.']))
  expect(session.trace().map(({ from }) => from)).toEqual(
    expect.arrayContaining(['team/research_0/rag', 'team/research_1/rag']),
  )
})
