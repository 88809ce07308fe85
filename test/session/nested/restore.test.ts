import { z } from 'zod'
import { expect, test } from 'vitest'
import { mapNode } from '../../../src/nodes/map-node.ts'
import { defineAgent, openSession, type Agent } from '../../setup/engine.ts'
import { settled } from '../../setup/gate.ts'
import { onNewBranch } from '../../../src/session/checkpoint.ts'
import { nestedOf } from '../../../src/session/nested-checkpoints.ts'
import { testStore } from '../../setup/test-store.ts'
import { echo, played, soloAgent, untilAborted } from '../agents.ts'
import { around, aroundRelay, asks, crashed, nextTurn } from './agents.ts'

test('a session goes on where its inner one was: what was done is not done again', async () => {
  const runs: string[] = []
  const agent = aroundRelay(
    (text, runtime) => {
      runs.push('first')
      runtime.append({ role: 'user', content: text })
      return asks(text, runtime)
    },
    async (text, runtime) => {
      runs.push(`second ${runtime.attempt}`)
      if (runtime.attempt === 1) await untilAborted(text, runtime)
      const told = await runtime.messages(await runtime.window())
      runtime.emit('said', { text: `${text} of ${told.map(({ content }) => content as string).join()}` })
    },
  )
  const { store, dead } = await crashed(agent, 'Well')
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'Well? of Well' })
  expect(runs).toEqual(['first', 'second 1', 'second 2'])
  await dead.stop()
})

test('no write boundary loses or doubles anything', async () => {
  const effects = new Map<string, number>()
  const agent = aroundRelay(asks, (text, runtime) => {
    return echo(text, runtime)
  })
  const whole = testStore()
  const session = await openSession(agent, { id: 's', store: whole })
  await session.send('Well').result
  await session.stop()
  const { length } = whole.batches
  expect(length).toBeGreaterThan(3)
  for (let count = 1; count < length; count++) {
    const store = testStore()
    for (const batch of whole.batches.slice(0, count)) await store.write(batch)
    await using restored = await openSession(agent, { id: 's', store })
    restored.on('output', ({ id }) => effects.set(id, (effects.get(id) ?? 0) + 1))
    if (restored.nodeStates()['helper']?.status !== 'running' && count < 2) continue
    await restored.idle()
    const ends = (await store.log.read('s')).filter(({ event }) => event.type === 'turn_end')
    if (count === 1) expect(ends).toEqual([])
    else expect(ends.map(({ event }) => event.data)).toMatchObject([{ status: 'completed', text: 'Well?' }])
  }
})

test('with async durability the inner session goes on in a new branch: no id means two events', async () => {
  const ids: string[] = []
  const agent = aroundRelay(asks, async (text, runtime) => {
    runtime.emit('chunk', { text })
    if (runtime.attempt === 1) await untilAborted(text, runtime)
    return echo(text, runtime)
  })
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store, durability: 'async' })
  await dead.send('Well').accepted
  await settled()
  await settled()
  const image = store.image()
  const before = image.checkpoint('s')
  expect(nestedOf(onNewBranch(before))).toMatchObject([{ path: 'helper/0', session: { branch: 1 } }])
  await using session = await openSession(agent, { id: 's', store: image, durability: 'async' })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed', text: 'Well?' })
  await session.stop()
  for (const { event } of await image.log.read('s')) ids.push(event.id)
  expect(new Set(ids).size).toBe(ids.length)
  await dead.stop()
})

test('a handler of the inner agent that may not run again fails there, as its node says', async () => {
  const inner = soloAgent(untilAborted, { onRestore: 'fail' })
  const { store, dead } = await crashed(around(inner), 'pay')
  await using session = await openSession(around(inner), { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({
    status: 'failed',
    error: { code: 'outcome_unknown', node: 'helper' },
  })
  await dead.stop()
})

test('work of the inner agent that asks waits for rerun and drop by its event id', async () => {
  const inner = soloAgent(
    async (text, runtime) => {
      if (runtime.attempt === 1) await untilAborted(text, runtime)
      return echo(text, runtime)
    },
    { onRestore: 'ask' },
  )
  const { store, dead } = await crashed(around(inner), 'pay')
  await using session = await openSession(around(inner), { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({ status: 'waiting' })
  const [pending] = session.pending()
  expect(pending).toMatchObject({ node: 'helper/0/worker', interrupted: true, eventId: 's/0.1.1~helper.0/0.1.1' })
  const turn = await session.signal('rerun', { eventId: pending?.eventId })
  expect(await turn.result).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'pay' })
  await dead.stop()
})

test('an agent whose inner agent has changed takes its sessions when what they are at is still there', async () => {
  const slow = soloAgent(async (text, runtime) => {
    if (runtime.attempt === 1) await untilAborted(text, runtime)
    return echo(text, runtime)
  })
  const { store, dead } = await crashed(around(slow), 'hello')
  const changed = { ...slow, hash: 'another' } as Agent
  await using session = await openSession(around(changed), { id: 's', store: store.image() })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed', text: 'hello' })
  const without = aroundRelay(asks, echo)
  await expect(openSession(without, { id: 's', store })).rejects.toMatchObject({
    code: 'snapshot_mismatch',
    message: expect.stringContaining("at 'helper/0': it is a session of agent 'solo', not of 'relay'") as string,
  })
  await dead.stop()
})

test('a list that is no longer the same one fails the event, and the next turn works', async () => {
  const words = { of: (text: string) => text.split(' ') }
  const agent = defineAgent({
    id: 'words',
    version: 1,
    nodes: { each: mapNode({ item: z.string(), each: soloAgent(untilAborted) }), own: played(echo) },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: 'own',
        when: { name: 'simple', test: (said: unknown) => said === 'hello' },
      },
      { from: 'input', on: 'user_input', to: 'each', map: (said: string) => ({ items: words.of(said) }) },
      { from: 'own', on: 'said', to: 'output' },
    ],
  } as never) as unknown as Agent
  const { store, dead } = await crashed(agent, 'a b')
  const shorter = store.checkpoint('s')
  const text = JSON.stringify(shorter).replace('"results":[null,null]', '"results":[null]')
  await store.checkpoints.save('s', text)
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({ status: 'failed', error: { code: 'delegation_changed' } })
  expect(await session.send('hello').result).toMatchObject({ text: 'hello' })
  await dead.stop()
})
