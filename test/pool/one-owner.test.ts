import { expect, test } from 'vitest'
import { SessionPool } from '../../src/pool/session-pool.ts'
import type { Session } from '../../src/session/session.ts'
import { soloAgent } from '../session/agents.ts'
import { settled } from '../setup/gate.ts'
import { below, randomOf } from '../crash/random.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { storeFile } from './agents.ts'

test(
  'messages that race with passivation are all answered once, by one live session at a time',
  { timeout: 60_000 },
  async () => {
    await using file = storeFile()
    const clock = manualClock()
    const heard: string[] = []
    const agent = soloAgent(async (text, runtime) => {
      heard.push(`${runtime.sessionId} ${text}`)
      await settled()
      runtime.emit('said', { text: `${text} again` })
    })
    // Half as much room as sessions, and idle ones are stopped at once: everything is opened and stopped all the time.
    await using pool = new SessionPool({
      agents: [agent],
      store: await file.open(),
      clock,
      maxLiveSessions: 4,
      maxRunningTurns: 3,
      idleAfter: 0,
    })
    const ids = Array.from({ length: 8 }, (_, index) => `s${index}`)
    const live = new Map<string, Session>()
    let most = 0
    for (const id of ids) {
      await pool.create('solo', { id })
      pool.watch(id, {
        activated(session) {
          const other = live.get(id)
          if (other && !other.stopped) heard.push(`${id} is live twice`)
          live.set(id, session)
          most = Math.max(most, [...live.values()].filter(({ stopped }) => !stopped).length)
        },
      })
    }
    const random = randomOf(7)
    const sent: { id: string; text: string; answer: Promise<string> }[] = []
    for (let index = 0; index < 400; index++) {
      const id = ids[below(random, ids.length)] as string
      const text = `message ${index}`
      sent.push({ id, text, answer: pool.send(id, text).then(async (turn) => (await turn.result).text) })
      if (random() < 0.3) clock.advance(1)
      if (random() < 0.3) await settled()
      if (random() < 0.1) await pool.use(id, (session) => session.idle())
    }
    const answers = await Promise.all(sent.map(({ answer }) => answer))
    expect(answers).toEqual(sent.map(({ text }) => `${text} again`))
    // Each once, and those of one session in the order in which they were sent.
    for (const id of ids) {
      const own = heard.filter((line) => line.startsWith(`${id} `))
      expect(own).toEqual(sent.filter((each) => each.id === id).map(({ text }) => `${id} ${text}`))
    }
    expect(most).toBeLessThanOrEqual(4)
    expect(pool.stats().passivations).toBeGreaterThan(50)
  },
)
