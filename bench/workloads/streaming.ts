/** W7: an answer streamed in a thousand pieces to one consumer. */
import { alternate } from '../alternate.ts'
import { streamedPieces, userText } from '../conversation.ts'
import type { Workload } from './workload.ts'

const pieces = 1000

export const streaming: Workload = {
  title: 'answer streamed in 1,000 chunks',
  unit: 'chunk',
  process: 'shared',
  repeat: 3,
  async measure(adapters) {
    let whole = ''
    for await (const piece of streamedPieces(pieces)) whole += piece
    let session = 0
    return alternate(
      adapters.map(({ name, open }) => {
        const engine = open({ rounds: 0, delay: 0, pieces })
        const once = async (): Promise<void> => {
          let text = ''
          await engine.stream(`s${++session}`, userText, (piece) => (text += piece))
          if (text !== whole) throw new Error(`${name}: ${text.length} of ${whole.length} characters were delivered`)
        }
        return { name, once, units: pieces }
      }),
    )
  },
}
