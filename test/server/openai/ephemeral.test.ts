import { hold } from 'troupe/testing'
import { expect, test } from 'vitest'
import { serveScript, user } from './client.ts'

const request = { model: 'helper', messages: [user('Hello')] }

test('without a session id nothing is stored and nothing stays', async () => {
  const { client, pool } = await serveScript(() => 'Hello.')
  for (let count = 0; count < 20; count++) await client.chat.completions.create({ ...request, user: 'ada' })
  await expect.poll(() => pool.stats().live).toBe(0)
  expect(await pool.store.checkpoints.list()).toEqual([])
  expect(pool.stats()).toMatchObject({ activations: 20, passivations: 20, running: 0 })
})

test('a client that goes away cancels the turn, down to the request to the model', async () => {
  for (const stream of [true, false]) {
    const gate = hold()
    let aborted = false
    const { client, pool, model } = await serveScript([{ text: ['One', gate, ' moment.'] }])
    pool.on('turn', ({ result }) => (aborted = result.status === 'cancelled'))
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const read = async (): Promise<void> => {
      const answer = await client.chat.completions.create({ ...request, stream }, options)
      if (Symbol.asyncIterator in answer) for await (const _chunk of answer);
    }
    const reading = read().catch(() => {})
    await gate.reached
    controller.abort()
    await reading
    await expect.poll(() => aborted).toBe(true)
    await expect.poll(() => pool.stats().live).toBe(0)
    expect(model.requests).toHaveLength(1)
  }
})
