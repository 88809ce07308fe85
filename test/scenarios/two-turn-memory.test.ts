import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { toolLoop } from './agents.ts'

test('two-turn memory: the second call of the model sees the first turn', async () => {
  const model = scriptedModel(['Hello Ada.', 'Your name is Ada.'])
  await using session = await openSession(toolLoop, { client: model.client })
  await session.send('I am Ada.').result
  await session.send('What is my name?').result
  expect(model.requests[1]?.messages.map(({ role, content }) => [role, content])).toEqual([
    ['user', 'I am Ada.'],
    ['assistant', 'Hello Ada.'],
    ['user', 'What is my name?'],
  ])
  expect(await session.messages()).toHaveLength(4)
})
