import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { expect, test } from 'vitest'
import { helper, serveScript, user } from './client.ts'

const request = { model: 'helper', messages: [user('Hello')] }

async function failureOf(promise: PromiseLike<unknown>): Promise<APIError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof APIError) return error
    throw error
  }
  throw new Error('it did not fail')
}

test('each failure is the class of error that the official client has for it', async () => {
  const { client } = await serveScript([{ status: 429 }, { status: 500 }, { status: 400, message: 'too long' }])
  const create = (change: object = {}) => failureOf(client.chat.completions.create({ ...request, ...change }))

  expect(await create()).toBeInstanceOf(RateLimitError)
  const broken = await create()
  expect(broken).toBeInstanceOf(InternalServerError)
  expect(broken).toMatchObject({ status: 502, code: 'model_server_error', type: 'server_error' })
  expect(await create()).toMatchObject({ status: 400, code: 'model_bad_request' })

  const unknown = await create({ model: 'nobody' })
  expect(unknown).toBeInstanceOf(NotFoundError)
  expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model', type: 'invalid_request_error' })
  expect(await failureOf(client.models.retrieve('nobody'))).toBeInstanceOf(NotFoundError)
})

test('what would mislead is refused by the name of the field, the rest is checked', async () => {
  const { client } = await serveScript([])
  for (const [change, param] of [
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ functions: [] }, 'functions'],
    [{ messages: [] }, 'messages'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ messages: [{ role: 'nobody', content: 'Hi' }] }, 'messages.0.role'],
  ] as const) {
    const error = await failureOf(client.chat.completions.create({ ...request, ...change } as never))
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ param, type: 'invalid_request_error' })
  }
})

test('an error in the middle of a stream is one of the stream', async () => {
  const { client } = await serveScript([{ text: ['One mom'], ending: 'cut' }])
  const pieces: (string | null | undefined)[] = []
  const read = async (): Promise<void> => {
    const stream = await client.chat.completions.create({ ...request, stream: true })
    for await (const { choices } of stream) pieces.push(choices[0]?.delta.content)
  }
  expect(await failureOf(read())).toMatchObject({ code: 'model_stream_broken' })
  expect(pieces.join('')).toBe('One mom')
})

test('a failure before the first piece of a stream has a status', async () => {
  const { client } = await serveScript([{ status: 429 }])
  expect(await failureOf(client.chat.completions.create({ ...request, stream: true }))).toBeInstanceOf(RateLimitError)
})

test('a wrong key, a full pool and a session of another agent are told in the same format', async () => {
  const keys = [{ tenant: 'ann', key: 'key-of-ann-0123456789' }]
  const { client, pool, url } = await serveScript(() => 'Hello.', {
    keys,
    agents: [helper, { ...helper, id: 'other' }],
    poolOptions: { maxRunningTurns: 1, maxQueuedTurns: 0 },
  })
  const stranger = new OpenAI({ apiKey: 'key-of-eve-0123456789', baseURL: `${url}/v1`, maxRetries: 0 })
  const denied = await failureOf(stranger.models.list())
  expect(denied).toBeInstanceOf(AuthenticationError)
  expect(denied).toMatchObject({ code: 'unauthorized', type: 'authentication_error' })

  await client.chat.completions.create({ ...request, metadata: { session_id: 'ada' } })
  const other = { ...request, model: 'other', metadata: { session_id: 'ada' } }
  expect(await failureOf(client.chat.completions.create(other))).toMatchObject({ code: 'session_of_other_agent' })

  await pool.turn('ann.ada', async (session) => {
    const full = await failureOf(client.chat.completions.create(request))
    expect(full).toBeInstanceOf(RateLimitError)
    expect(full).toMatchObject({ code: 'pool_full' })
    expect(full.headers?.get('retry-after')).toMatch(/^\d+$/)
    return session.send('Hello')
  })
})

test('a turn that waits for a person says where to decide', async () => {
  const { default: desk } = await import('../../../machines/refund-desk/agent.ts')
  const { client } = await serveScript(
    [{ toolCalls: [{ name: 'refund', args: { orderId: 'A-1', amount: 500, reason: 'x' } }] }],
    {
      agents: [desk],
    },
  )
  const error = await failureOf(
    client.chat.completions.create({ model: desk.id, messages: [user('Refund me.')], metadata: { session_id: 'ada' } }),
  )
  expect(error).toBeInstanceOf(ConflictError)
  expect(error.message).toContain('POST /sessions/ada/signals')
})
