/**
 * W4: what a turn of four steps costs late in a conversation and early in one, stored in SQLite. By turn 10 the window
 * of 40 messages that the model is shown is full, so that both have the same to show.
 */
import { stepsPerTurn, userText } from '../conversation.ts'
import { sample } from '../process.ts'
import { troupe } from '../adapters/troupe.ts'
import { withScratchStore } from '../scratch-store.ts'
import type { Thread } from '../adapters/adapter.ts'
import type { Measured, Sample, Workload } from './workload.ts'

const rounds = 1
const early = `${troupe.name}, turn 10`
const late = `${troupe.name}, turn 1,000`
const turns = 10
const batches = 40
const window = 40

export const longConversation: Workload = {
  title: `turn of ${stepsPerTurn(rounds)} steps, stored in SQLite`,
  unit: 'turn',
  process: 'shared',
  repeat: 3,
  reference: early,
  measure: () =>
    // Of two conversations in one file, the younger one's rows lie behind the older one's and cost it room.
    withScratchStore((store) =>
      withScratchStore(async (other) => {
        const engine = troupe.open({ rounds, delay: 0, pieces: 0, store })
        const youngEngine = troupe.open({ rounds, delay: 0, pieces: 0, store: other })
        const play = async (thread: Thread, count: number): Promise<void> => {
          for (let turn = 0; turn < count; turn++) await thread.turn(userText)
        }
        const long = await engine.openThread('long')
        await play(long, 1_000)
        assertWindow(await long.turn(userText))
        const measured: Record<string, Sample[]> = { [early]: [], [late]: [] }
        for (let batch = 0; batch < batches; batch++) {
          const short = await youngEngine.openThread(`short${batch}`)
          await play(short, turns - 1)
          // Both are measured over the same number of turns, the early ones around the tenth.
          const measureEarly = async (): Promise<void> =>
            void measured[early]?.push(await sample(turns, () => play(short, turns)))
          const measureLate = async (): Promise<void> =>
            void measured[late]?.push(await sample(turns, () => play(long, turns)))
          for (const measure of batch % 2 === 0 ? [measureEarly, measureLate] : [measureLate, measureEarly])
            await measure()
          await short.stop()
        }
        await long.stop()
        return measured as Measured
      }),
    ),
}

function assertWindow(answer: string): void {
  const seen = Number(/history=(\d+)/.exec(answer)?.[1])
  // Of a tool round that begins at the edge of the window, the model is shown all or nothing.
  if (!(seen > window - 4)) throw new Error(`the model was shown ${seen} messages of a long conversation`)
}
