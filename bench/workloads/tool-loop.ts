/** W1: a turn of ten tool rounds in a new session, nothing stored, a model that answers at once. */
import { assertHistoryKept, stepsPerTurn, userText } from '../conversation.ts'
import { alternate } from '../alternate.ts'
import type { Workload } from './workload.ts'

const rounds = 10

export const toolLoop: Workload = {
  title: 'tool loop, 22 steps, no store',
  unit: 'step',
  process: 'shared',
  repeat: 3,
  measure(adapters) {
    let session = 0
    return alternate(
      adapters.map(({ name, open }) => {
        const engine = open({ rounds, delay: 0, pieces: 0 })
        const once = async (): Promise<void> =>
          assertHistoryKept(name, await engine.turn(`s${++session}`, userText), rounds)
        return { name, once, units: stepsPerTurn(rounds) }
      }),
    )
  },
}
