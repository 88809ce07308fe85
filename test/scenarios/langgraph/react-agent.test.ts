import { openSession } from 'troupe'
import { expect, test } from 'vitest'
import { hops } from '../agents.ts'
import { getWeather, reactAgent } from './react-agent.ts'
import { serveScript } from './real-model.ts'

const agent = reactAgent('weather', [getWeather])

test('ReAct: a question that needs the tool is answered with what the tool says', async () => {
  await using model = await serveScript([
    { toolCalls: [{ name: 'get_weather', args: { location: 'San Francisco' } }] },
    'It is 60 degrees and foggy in San Francisco.',
  ])
  await using session = await openSession(agent, { client: model.client })
  const { status, text } = await session.send('what is the weather in SF?').result
  expect({ status, text }).toEqual({ status: 'completed', text: 'It is 60 degrees and foggy in San Francisco.' })
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: "It's 60 degrees and foggy." })
  expect(hops(session.trace())).toEqual(['input>memory', 'memory>agent', 'agent>tools', 'tools>agent', 'agent>output'])
})

test('ReAct: a question that needs no tool is answered at once', async () => {
  await using model = await serveScript(['I am a helpful assistant.'])
  await using session = await openSession(agent, { client: model.client })
  expect((await session.send('who built you?').result).text).toBe('I am a helpful assistant.')
  expect(hops(session.trace())).toEqual(['input>memory', 'memory>agent', 'agent>output'])
})
