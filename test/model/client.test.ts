import { expect, it } from 'vitest'
import type { Services } from '../../src/core/node.ts'
import { defaultModelClient, defaultModelName, isOffline, modelClient, modelOf } from '../../src/model/client.ts'

it('uses the server that the environment names', () => {
  expect(modelClient({ environment: { OPENAI_API_KEY: 'sk-1' } })).toMatchObject({
    baseURL: 'https://api.openai.com/v1',
    apiKey: 'sk-1',
    maxRetries: 2,
  })
  expect(modelClient({ environment: { OPENAI_BASE_URL: 'http://localhost:11434/v1' } })).toMatchObject({
    baseURL: 'http://localhost:11434/v1',
    apiKey: 'unused',
  })
})

it.each([{}, { OPENAI_API_KEY: '', OPENAI_BASE_URL: ' ' }])(
  'is offline with neither key nor base URL: %j',
  async (environment) => {
    const client = modelClient({ environment })
    expect(isOffline(client)).toBe(true)
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    const completion = await client.chat.completions.create({ model: defaultModelName(environment), messages })
    expect(completion.choices[0]?.message.content).toContain('Offline stand-in')
  },
)

it('names the model', () => {
  expect(defaultModelName({})).toBe('offline')
  expect(defaultModelName({ OPENAI_API_KEY: 'sk-1' })).toBe('gpt-4.1-mini')
  expect(defaultModelName({ OPENAI_BASE_URL: 'http://x/v1', TROUPE_MODEL: 'llama' })).toBe('llama')
})

it('keeps the default client as long as the environment says the same', () => {
  const first = defaultModelClient({})
  expect(defaultModelClient({})).toBe(first)
  const second = defaultModelClient({ OPENAI_API_KEY: 'sk-1' })
  expect(second).not.toBe(first)
  expect(defaultModelClient({ OPENAI_API_KEY: 'sk-1' })).toBe(second)
})

it('takes client and model of the services before those of the environment', () => {
  const client = modelClient({ apiKey: 'sk-1' })
  const services: Services = { client, model: 'm1' }
  expect(modelOf(services, undefined, {})).toEqual({ client, model: 'm1' })
  expect(modelOf(services, 'm2', {})).toEqual({ client, model: 'm2' })
  expect(modelOf({ client }, undefined, { TROUPE_MODEL: 'm3' }).model).toBe('m3')
  expect(modelOf({ client }, undefined, {}).model).toBe('gpt-4.1-mini')
  expect(modelOf({}, undefined, {}).model).toBe('offline')
})
