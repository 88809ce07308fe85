import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TalkingAgentId } from './agents.ts'
import { conversationOf, converse, inspect } from './conversation.ts'
import type { CrashPhase } from './dying-store.ts'
import { readEffects } from './effects.ts'
import { checkConversation, checkLog } from './invariants.ts'
import { Life, LifeEndedError } from './life.ts'
import type { Inspection } from './protocol.ts'
import { reportFigures } from './report.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-boundaries-'))))
afterAll(() => rm(folder, { recursive: true }))

const figures = { points: 0, calls: 0, effects: 0, reruns: 0, unknown: 0, phantoms: 0, finishedBySweep: 0 }
afterAll(() => reportFigures('write boundaries', figures))

test.concurrent.each<[TalkingAgentId, 'sqlite' | 'keyv', readonly CrashPhase[]]>([
  ['assistant', 'sqlite', ['before', 'after']],
  ['refund_desk', 'sqlite', ['before', 'after']],
  ['courier', 'sqlite', ['before', 'after']],
  ['refund_desk', 'keyv', ['before', 'half', 'after']],
])('%s on %s: a kill %j any write loses and doubles nothing', async (agent, kind, phases) => {
  // One process goes on with what each of the others left behind.
  const second = new Life()
  for (const phase of phases) {
    for (let write = 1; await dieAt(agent, kind, { write, phase }, second); write++) figures.points++
  }
  await second.ask({ op: 'end' })
  expect(await second.ended, second.errors).toBe(0)
})

/** False when the conversation has fewer writes. */
async function dieAt(
  agent: TalkingAgentId,
  kind: 'sqlite' | 'keyv',
  { write, phase }: { readonly write: number; readonly phase: CrashPhase },
  second: Life,
): Promise<boolean> {
  const name = join(folder, `${agent}-${kind}-${write}-${phase}`)
  const start = { op: 'start', url: `${kind}:${name}.db`, effects: `${name}.effects` } as const
  // Without transactions a step takes several writes, so one turn is enough.
  const conversation = conversationOf('s', agent, kind === 'keyv' ? 1 : 2)
  const first = new Life({ TROUPE_CRASH_AT: `${write}:${phase}` })
  const died = await first
    .ask(start)
    .then(() => converse(first, conversation))
    .then(() => first.ask({ op: 'end' }))
    .then(() => false, expectDeath)
  expect(await first.ended, first.errors).toBe(died ? 'SIGKILL' : 0)

  await second.ask(start)
  const { resumed, failed } = await second.ask<{ resumed: string[]; failed: object[] }>({ op: 'sweep' })
  expect(failed).toEqual([])
  const left = await second.ask<Inspection | null>({ op: 'inspect', session: 's' })
  // Nothing is stored of a session that died before its first write.
  if (left) {
    expect(left.turns.filter(({ status }) => status !== 'waiting')).toEqual([])
    // Without transactions, what was written of a step that has no checkpoint is there; the next one overwrites it.
    const log = left.log.filter(({ sequence }) => sequence <= left.sequence)
    figures.phantoms += left.log.length - log.length
    if (kind === 'sqlite') expect(log).toEqual(left.log)
    if (left.turns.length === 0) checkLog({ ...left, log })
    if (resumed.length > 0) figures.finishedBySweep++
  }
  await converse(second, conversation, { repeats: () => true })
  const outputs = new Set([...first.outputs, ...second.outputs.splice(0)])
  const inspection = await inspect(second, 's')
  const effects = await checkConversation(conversation, inspection, outputs, readEffects(start.effects))
  expect(await second.ask({ op: 'messages', session: 's' })).toEqual(inspection.messages)
  for (const key of ['calls', 'effects', 'reruns', 'unknown'] as const) figures[key] += effects[key]
  return died
}

function expectDeath(error: unknown): true {
  if (error instanceof LifeEndedError) return true
  throw error
}
