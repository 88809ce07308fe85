import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder } from './conformance.ts'
import { compileStore, type CompiledStore } from './store-process.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let compiled: CompiledStore
beforeAll(async () => {
  folder = await temporaryFolder()
  compiled = compileStore(folder)
})
afterAll(() => folder.remove())

// Three sessions write as fast as they can, from where they stopped, and print what was acknowledged.
const writer = `
  import { writeSync } from 'node:fs'
  import { openStore } from './store/open-store.js'
  const store = await openStore(process.argv[2])
  for (const sessionId of ['a', 'b', 'c']) run(sessionId)
  async function run(sessionId) {
    let step = JSON.parse((await store.checkpoints.load(sessionId)) ?? '{"step":-1}').step
    for (;;) {
      step++
      const traceId = sessionId + '/0.' + (1 + (step >> 3))
      await store.write({
        sessionId,
        messages: [{ id: '0.' + step, traceId, message: { role: 'user', content: 'm'.repeat(200) } }],
        events: [{ sequence: step, to: ['llm'], event: { id: traceId + '.' + step, from: 'llm', type: 'x', data: step, sessionId, traceId, time: step } }],
        checkpoint: JSON.stringify({ step, state: 's'.repeat(900 + step % 200) }),
        due: step % 8 === 7 ? null : 0,
      })
      writeSync(1, sessionId + ' ' + step + '\\n')
    }
  }
`

test('every acknowledged batch survives kill -9, and no batch is stored in parts', { timeout: 120_000 }, async () => {
  // Two files at a time; each goes on from where the kill left it.
  await Promise.all([1, 2].map((lane) => killOften(`sqlite:${folder.path(`kill-${lane}.db`)}`, 50, lane)))
})

async function killOften(url: string, rounds: number, seed: number): Promise<void> {
  const acknowledged = new Map<string, number>()
  let random = seed
  for (let round = 0; round < rounds; round++) {
    const child = compiled.start(writer, url)
    let output = ''
    random = (random * 16_807) % 2_147_483_647
    // Killed at a point of its work, not of the clock: after so many bytes of acknowledgements.
    const enough = random % 600
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.length > enough) child.kill('SIGKILL')
    })
    await once(child, 'close')
    expect(child.signalCode, output).toBe('SIGKILL')
    for (const line of output.split('\n').slice(0, -1)) {
      const [sessionId, step] = line.split(' ') as [string, string]
      acknowledged.set(sessionId, Number(step))
    }
    await check(url, acknowledged)
  }
  expect([...acknowledged.keys()].sort()).toEqual(['a', 'b', 'c'])
}

async function check(url: string, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const store = await openStore(url)
  for (const [sessionId, last] of acknowledged) {
    const { step } = JSON.parse((await store.checkpoints.load(sessionId)) ?? '{}') as { step: number }
    expect(step).toBeGreaterThanOrEqual(last)
    const ids = Array.from({ length: Math.min(step + 1, 200) }, (_, back) => `0.${step - back}`)
    const messages = await store.memory.get(sessionId, [...ids, `0.${step + 1}`])
    expect(messages.map((message) => message?.id)).toEqual([...ids, undefined])
    expect((await store.log.read(sessionId, { after: step - 20 })).at(-1)?.sequence).toBe(step)
    expect(await store.log.read(sessionId, { after: step - 5 })).toHaveLength(Math.min(5, step + 1))
    expect((await store.checkpoints.due(1)).includes(sessionId)).toBe(step % 8 !== 7)
  }
  await store.close()
}
