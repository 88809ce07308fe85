/** W3: the tool loop of W1 with every step stored in SQLite, beside a loop that stores messages with nothing around it. */
import { assertHistoryKept, stepsPerTurn, userText } from '../conversation.ts'
import { alternate } from '../alternate.ts'
import { bareSqlite } from '../adapters/bare-sqlite.ts'
import { troupe } from '../adapters/troupe.ts'
import { withScratchStore } from '../scratch-store.ts'
import type { Workload } from './workload.ts'

const rounds = 10

export const storedToolLoop: Workload = {
  title: 'tool loop, each step stored in SQLite',
  unit: 'step',
  process: 'shared',
  repeat: 3,
  reference: bareSqlite.name,
  measure: () =>
    withScratchStore(async (store, path) => {
      let session = 0
      const options = { rounds, delay: 0, pieces: 0 }
      const floor = bareSqlite.open({ ...options, file: path('bare.db') })
      const engines = [
        { name: troupe.name, engine: troupe.open({ ...options, store }) },
        { name: bareSqlite.name, engine: floor },
      ]
      const measured = await alternate(
        engines.map(({ name, engine }) => ({
          name,
          units: stepsPerTurn(rounds),
          once: async () => assertHistoryKept(name, await engine.turn(`s${++session}`, userText), rounds),
        })),
      )
      floor.close()
      return measured
    }),
}
