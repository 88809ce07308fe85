import { expect, it } from 'vitest'
import { askOffline, calculator, callsOf, search, tool } from './ask-offline.ts'

const refund = tool('refund', 'Refunds an order.', { orderId: { type: 'string' }, amount: { type: 'number' } })
const weather = tool('get_weather', 'The weather of a city.', {
  city: { type: 'string' },
  'unit?': { type: 'string', enum: ['celsius', 'fahrenheit'] },
})
const tools = [refund, weather, search, calculator]

it('calls a calculator with the expression', async () => {
  const answer = await askOffline('What is 17 times 23?', { tools })
  expect(callsOf(answer)).toEqual([['calculator', { expression: '17*23' }]])
  expect(answer).toMatchObject({ text: '', finishReason: 'tool_calls' })
})

it('calls it once for each expression, with ids of their own', async () => {
  const answer = await askOffline('What is 2+2 and 3*7?', { tools })
  expect(callsOf(answer)).toEqual([
    ['calculator', { expression: '2+2' }],
    ['calculator', { expression: '3*7' }],
  ])
  expect(new Set(answer.toolCalls.map(({ id }) => id)).size).toBe(2)
})

it('writes powers as the calculator describes them', async () => {
  const python = tool('evaluate', 'Evaluates math such as 2**8.', { code: { type: 'string' } })
  expect(callsOf(await askOffline('2^10', { tools: [python] }))).toEqual([['evaluate', { code: '2**10' }]])
})

it.each([
  ['search for cheap flights to Rome?', 'cheap flights to Rome'],
  ['Please look up XState actors.', 'XState actors'],
  ['find the capital of Peru', 'the capital of Peru'],
  ['搜索上海天气', '上海天气'],
])('searches: %s', async (text, query) => {
  expect(callsOf(await askOffline(text, { tools }))).toEqual([['search', { query }]])
})

it.each([
  ['Refund order A-17, 25 euros', 'refund', { orderId: 'A-17', amount: 25 }],
  ['please refund 1,200.50 for #99', 'refund', { orderId: '99', amount: 1200.5 }],
  ['What is the weather in Paris?', 'get_weather', { city: 'Paris' }],
  ['weather for "New York" in fahrenheit', 'get_weather', { city: 'New York', unit: 'fahrenheit' }],
])('calls the tool that is named: %s', async (text, name, args) => {
  expect(callsOf(await askOffline(text, { tools }))).toEqual([[name, args]])
})

it('fills arguments by their types', async () => {
  const note = tool('save_note', 'Saves a note.', { note: { type: 'string' } })
  const add = tool('add', 'Adds numbers.', { a: { type: 'number' }, b: { type: 'number' } })
  const plot = tool('plotChart', 'Plots.', {
    values: { type: 'array', items: { type: 'integer' } },
    big: { type: 'boolean' },
  })
  const pay = tool('pay', 'Pays.', { sum: { anyOf: [{ type: 'number' }, { type: 'null' }] } })
  const args = async (text: string, each: typeof note) => callsOf(await askOffline(text, { tools: [each] }))[0]?.[1]
  expect(await args('save a note: buy milk', note)).toEqual({ note: 'buy milk' })
  expect(await args('Add 2 and 40', add)).toEqual({ a: 2, b: 40 })
  expect(await args('plot a big chart of 1, 2 and 3', plot)).toEqual({ values: [1, 2, 3], big: true })
  expect(await args('pay 12', pay)).toEqual({ sum: 12 })
})

it('asks for what is missing rather than making it up', async () => {
  expect((await askOffline('Refund my order', { tools })).text).toContain(
    'To call refund I also need: orderId, amount.',
  )
})

it('heeds tool_choice', async () => {
  expect((await askOffline('2+2', { tools, tool_choice: 'none' })).toolCalls).toEqual([])
  const forced = { type: 'function' as const, function: { name: 'search' } }
  expect(callsOf(await askOffline('cats', { tools, tool_choice: forced }))).toEqual([['search', { query: 'cats' }]])
})

it('says that it has no tool for arithmetic rather than computing', async () => {
  const { text } = await askOffline('What is 17*23?', { tools: [weather] })
  expect(text).toContain('no tool that computes 17*23')
  expect(text).not.toContain('391')
})

const results = (...contents: string[]) =>
  askOffline(
    [
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: null,
        tool_calls: contents.map((_, index) => ({
          id: `c${index}`,
          type: 'function' as const,
          function: { name: 'calculator', arguments: JSON.stringify({ expression: index === 0 ? '17*23' : '2+2' }) },
        })),
      },
      ...contents.map((content, index) => ({ role: 'tool' as const, tool_call_id: `c${index}`, content })),
    ],
    { tools },
  )

it.each([
  [['391'], '17*23 = 391.'],
  [['{"result":391}'], '17*23 = 391.'],
  [['391', '4'], '17*23 = 391.\n2+2 = 4.'],
  [['a lot'], 'calculator returned: a lot.'],
  [['{"a":1,"b":[2]}'], 'calculator returned: {"a":1,"b":[2]}'],
  [["Error: 'calculator' failed: no"], "calculator did not succeed with 17*23: Error: 'calculator' failed: no."],
  [['{"error":"no"}'], 'calculator did not succeed with 17*23: no.'],
  [[''], 'calculator returned nothing.'],
])('puts the results %j into words', async (contents, text) => {
  expect((await results(...contents)).text).toBe(`(Offline stand-in: no model is connected.)\n${text}`)
})

it('calls a tool that asks to be called once for each of something with each of a list', async () => {
  const research = tool('research', 'Looks a topic up. Call it once for each topic.', { topic: { type: 'string' } })
  const topics = async (text: string) => callsOf(await askOffline(text, { tools: [research] })).map(([, args]) => args)
  expect(await topics('Research coffee, green tea and cocoa.')).toEqual(
    ['coffee', 'green tea', 'cocoa'].map((topic) => ({ topic })),
  )
  expect(await topics('Research coffee')).toEqual([{ topic: 'coffee' }])
})

it('says once that it is a stand-in when it reports what one of its like said', async () => {
  const research = tool('research', 'Looks a topic up.', { topic: { type: 'string' } })
  const asked = await askOffline('Research coffee', { tools: [research] })
  const call = asked.toolCalls[0] as { id: string }
  const answer = await askOffline([
    { role: 'user', content: 'Research coffee' },
    { role: 'assistant', content: null, tool_calls: [call as never] },
    { role: 'tool', tool_call_id: call.id, content: '(Offline stand-in: no model is connected.)\nIt is a drink.' },
  ])
  expect(answer.text.match(/stand-in/g)).toHaveLength(1)
})
