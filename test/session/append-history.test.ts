import { memoryStore, openSession, SessionBusyError } from 'troupe'
import { hold, scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { adder } from '../telemetry/agents.ts'

const history = [
  { role: 'user', content: 'My name is Ada.' },
  { role: 'assistant', content: 'Hello, Ada.' },
] as const

test('a history that a client brings is what the next turn sees, also after a restart', async () => {
  const store = memoryStore()
  const model = scriptedModel(['Ada.', 'Ada, still.'])
  const session = await openSession(adder, { id: 's', store, client: model.client })
  await session.append(history)
  await session.send('Who am I?').result
  await session.stop()
  await using again = await openSession(adder, { id: 's', store, client: model.client })
  await again.send('And now?').result

  expect(model.requests[0]?.messages).toEqual([...history, { role: 'user', content: 'Who am I?' }])
  expect(model.requests[1]?.messages).toHaveLength(5)
  expect(await again.messages()).toHaveLength(6)
})

test('an input without parts goes on from the conversation as it is', async () => {
  const model = scriptedModel(['Hello again.'])
  await using session = await openSession(adder, { client: model.client })
  await session.append(history)
  const { text } = await session.send([]).result

  expect(text).toBe('Hello again.')
  expect(model.requests[0]?.messages).toEqual(history)
})

test('while a turn is at work nothing comes between its messages', async () => {
  const gate = hold()
  const model = scriptedModel([{ text: ['One', gate, ' moment.'] }])
  await using session = await openSession(adder, { client: model.client })
  const turn = session.send('Hello')
  await gate.reached
  await expect(session.append(history)).rejects.toThrow(SessionBusyError)
  gate.release()
  await turn.result
  expect(await session.messages()).toHaveLength(2)
})
