import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { echoAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test(
  '50,000 records are kept within the default bound and all to be had, page by page',
  { timeout: 120_000 },
  async () => {
    const { inspector, connect } = await lookedAt({ maxUnwatched: 50_000 })
    const session = await openSession(echoAgent(), { id: 'echo-1', inspector })
    onTestFinished(() => session.stop())
    const watch = inspector.find('echo-1')
    while ((watch?.past.kept ?? 0) < 50_000) await session.send('hello').result
    expect(inspector.retained.bytes).toBeLessThan(64_000_000)

    const reader = await connect()
    const { firstSeq, lastSeq } = await reader.subscribe('echo-1')
    const seen: number[] = []
    let bytes = 0
    for (let before = lastSeq + 1; before > firstSeq;) {
      const { records, more } = await reader.ask({ type: 'history', session: 'echo-1', before, limit: 5_000 })
      bytes += JSON.stringify(records).length
      seen.unshift(...records.map(({ seq }) => seq))
      before = seen[0] ?? 0
      expect(more).toBe(before > firstSeq)
    }
    expect(seen).toEqual(Array.from({ length: lastSeq - firstSeq + 1 }, (_, at) => firstSeq + at))
    // What a page has to load of it.
    expect(bytes / seen.length).toBeLessThan(600)
  },
)
