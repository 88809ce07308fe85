import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { expectConsole } from '../setup/expect-console.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'

test('a watcher sees all output of a session over its being stopped and opened, and keeps it from neither', async () => {
  const clock = manualClock()
  await using pool = new SessionPool({ agents: [soloAgent(echo)], clock, idleAfter: 1_000 })
  const seen: string[] = []
  const unwatch = pool.watch('a', {
    output: ({ id, data }) => seen.push(`${id} ${(data as { text: string }).text}`),
    turn: ({ traceId, status }) => seen.push(`${traceId} ${status}`),
    activated: (session) => {
      seen.push(`live: ${session.graph().nodes.length} node`)
    },
    passivated: () => seen.push('stopped'),
  })
  await pool.create('solo', { id: 'a' })
  for (const text of ['one', 'two']) {
    await (
      await pool.send('a', text)
    ).result
    await settled()
    clock.advance(1_000)
    while (pool.stats().live > 0) await settled()
  }
  expect(seen).toEqual([
    'live: 1 node',
    'a/0.1.2 one',
    'a/0.1 completed',
    'stopped',
    'live: 1 node',
    'a/0.2.5 two',
    'a/0.2 completed',
    'stopped',
  ])
  unwatch()
  await (
    await pool.send('a', 'three')
  ).result
  expect(seen).toHaveLength(8)
})

test('one that begins to watch a live session is shown it at once; what watchers throw is a warning', async () => {
  await using pool = new SessionPool({ agents: [soloAgent(echo)] })
  await pool.create('solo', { id: 'a' })
  let shown = ''
  const watcher = {
    activated: (session: { id: string }) => {
      shown = session.id
    },
    output: () => {
      throw new Error('no paper')
    },
  }
  expectConsole('a watcher of a session threw: no paper')
  pool.watch('a', watcher)
  pool.watch('a', watcher)()
  expect(shown).toBe('a')
  expect(await (await pool.send('a', 'one')).result).toMatchObject({ text: 'one' })
})

test('a listener of the pool learns of every turn: whose it was, how long it waited and took', async () => {
  const clock = manualClock()
  const agent = soloAgent((text, runtime) => {
    clock.advance(300)
    runtime.emit('said', { text })
  })
  await using pool = new SessionPool({ agents: [agent], clock, maxRunningTurns: 1 })
  const turns: unknown[] = []
  pool.on('turn', (turn) => turns.push(turn))
  for (const id of ['a', 'b']) await pool.create('solo', { id })
  const sent = [pool.send('a', 'one', { tenant: 'x' }), pool.send('b', 'two', { tenant: 'y' })]
  await Promise.all(sent.map(async (turn) => (await turn).result))
  expect(turns).toMatchObject([
    { sessionId: 'a', agentId: 'solo', tenant: 'x', waited: 0, took: 300, result: { text: 'one' } },
    { sessionId: 'b', agentId: 'solo', tenant: 'y', waited: 300, took: 300, result: { text: 'two' } },
  ])
})
