import { expect, it } from 'vitest'
import { z } from 'zod'
import { zodResponseFormat } from 'openai/helpers/zod'
import { completeChat } from '../../../src/model/chat.ts'
import { modelClient } from '../../../src/model/client.ts'
import { askOffline, calculator, callsOf, tool } from './ask-offline.ts'

const system = [
  'Decide how the last message is handled.',
  '- use_rag: questions on refunds, shipping and our products',
  '- calculator: arithmetic',
  '- chat: anything else',
].join('\n')
const Decision = z.object({ reason: z.string(), route: z.enum(['use_rag', 'calculator', 'chat']) })

async function decide(text: string, schema: z.ZodType = Decision, instructions = system): Promise<unknown> {
  const answer = await completeChat(modelClient({ environment: {} }), {
    model: 'offline',
    messages: [
      { role: 'system', content: instructions },
      { role: 'user', content: text },
    ],
    response_format: zodResponseFormat(schema, 'decision'),
  })
  return schema.parse(JSON.parse(answer.text))
}

it.each([
  ['How long does a refund take?', 'use_rag'],
  ['what is 3*4', 'calculator'],
  ['Hello there', 'chat'],
  ['', 'chat'],
])('picks the route whose description fits: %j', async (text, route) => {
  expect(await decide(text)).toMatchObject({ route })
})

it('reads descriptions in Chinese, and takes the last route where none is general', async () => {
  const schema = z.object({ route: z.enum(['weather', 'orders']) })
  const chinese = '- weather: 天气预报\n- orders: 订单和退款'
  expect(await decide('明天的天气怎么样', schema, chinese)).toEqual({ route: 'weather' })
  expect(await decide('xyz', schema, chinese)).toEqual({ route: 'orders' })
})

it('fits a schema that is no decision', async () => {
  const schema = z.object({ title: z.string(), tags: z.array(z.string()), inner: z.object({ count: z.int() }) })
  expect(await decide('Hello', schema)).toMatchObject({ tags: [], inner: { count: 0 } })
})

it('picks a route with a tool of routes, and answers itself where none fits', async () => {
  const routes = tool('choose_route', 'Hands over:\n- billing: invoices and calculations\n- chat: anything else', {
    route: { type: 'string', enum: ['billing', 'chat'] },
  })
  const ask = (text: string) => askOffline(text, { tools: [routes, calculator] })
  expect(callsOf(await ask('Where is my invoice?'))).toEqual([['choose_route', { route: 'billing' }]])
  expect(callsOf(await ask('2+2'))).toEqual([['calculator', { expression: '2+2' }]])
  expect((await ask('Hello')).text).toContain('Offline stand-in')
})
