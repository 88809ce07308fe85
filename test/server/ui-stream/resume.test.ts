import { hold } from 'troupe/testing'
import { expect, test } from 'vitest'
import { messageOf, startChat } from './chat.ts'

test('a page that is loaded again gets the answer under way from its beginning', async () => {
  const gate = hold()
  const { send, resume } = await startChat([{ text: ['Hel', gate, 'lo.'] }])
  const first = (await send('Hi')).getReader()
  await gate.reached
  await first.cancel()

  const again = await resume()
  if (!again) throw new Error('nothing is under way')
  gate.release()
  expect((await messageOf(again)).parts).toMatchObject([{ type: 'step-start' }, { type: 'text', text: 'Hello.' }])
})

test('when nothing is under way there is nothing to resume', async () => {
  const { send, resume } = await startChat(['Hello.'])
  expect(await resume()).toBeNull()
  await messageOf(await send('Hi'))
  expect(await resume()).toBeNull()
})

test('a message that is sent twice is answered once', async () => {
  const { send, pool } = await startChat(['Hello.'])
  const [first, second] = [await messageOf(await send('Hi')), await messageOf(await send('Hi'))]
  expect(second.parts).toEqual(first.parts)
  expect(await pool.use('chat1', (session) => session.messages())).toHaveLength(2)
})
