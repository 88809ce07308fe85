/** W8: opening a stored session in a process that runs already, with a long conversation behind it and with none. */
import { alternate } from '../alternate.ts'
import { userText } from '../conversation.ts'
import { troupe } from '../adapters/troupe.ts'
import { withScratchStore } from '../scratch-store.ts'
import type { Workload } from './workload.ts'

const turns = 100
const none = `${troupe.name}, no turn stored`

export const opening: Workload = {
  title: 'openSession and stop, stored in SQLite',
  unit: 'opening',
  process: 'shared',
  repeat: 3,
  reference: none,
  measure: () =>
    withScratchStore(async (store) => {
      const engine = troupe.open({ rounds: 1, delay: 0, pieces: 0, store })
      const empty = await engine.openThread('empty')
      await empty.stop()
      const used = await engine.openThread('used')
      for (let turn = 0; turn < turns; turn++) await used.turn(userText)
      await used.stop()
      const opened = (name: string, session: string) => ({
        name,
        units: 1,
        once: async (): Promise<void> => (await engine.openThread(session)).stop(),
      })
      return alternate([opened(none, 'empty'), opened(`${troupe.name}, ${turns} turns stored`, 'used')])
    }),
}
