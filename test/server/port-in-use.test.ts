import { Metrics, serve } from 'troupe/server'
import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a server whose port is in use leaves nothing behind: at another one the same pool logs each turn once', async () => {
  const { server: other } = await startServing({ agents: [wordAgent()] })
  const pool = new SessionPool({ agents: [wordAgent()] })
  const metrics = new Metrics()
  const lines: string[] = []
  const log = { info: (_: object, message: string) => lines.push(message), warn() {}, error() {} }
  await expect(serve({ pool, log, metrics, port: other.port })).rejects.toMatchObject({ code: 'port_in_use' })
  await using _server = await serve({ pool, log, metrics, port: 0 })
  await pool.create('solo', { id: 'ada' })
  await (
    await pool.send('ada', 'hello')
  ).result
  expect(lines).toEqual(['turn'])
  expect(await metrics.text()).toContain('troupe_turns_total{agent="solo",status="completed"} 1')
})
