/**
 * W6: a thousand sessions at once, each with a turn of ten tool rounds, against a model that takes 20 ms. With no
 * engine at all it would take 11 × 20 ms, which is 10 µs a step.
 */
import { assertHistoryKept, stepsPerTurn, userText } from '../conversation.ts'
import { collectGarbage, now, sample } from '../process.ts'
import type { Measured, Sample, Workload } from './workload.ts'

const rounds = 10
const sessions = 1000
const warmUp = 1000
const bursts = 5

export const concurrentSessions: Workload = {
  title: '1,000 sessions at once, 20 ms model',
  unit: 'step',
  process: 'own',
  repeat: 3,
  async measure(adapters) {
    const measured: Measured = {}
    for (const { name, open } of adapters) {
      const engine = open({ rounds, delay: 20, pieces: 0 })
      let session = 0
      const burst = async (count: number): Promise<void> => {
        const turns = Array.from({ length: count }, () => engine.turn(`s${++session}`, userText))
        for (const answer of await Promise.all(turns)) assertHistoryKept(name, answer, rounds)
      }
      const warm = now() + warmUp
      do await burst(100)
      while (now() < warm)
      const samples: Sample[] = []
      for (let run = 0; run < bursts; run++) {
        await collectGarbage()
        samples.push(await sample(sessions * stepsPerTurn(rounds), () => burst(sessions)))
      }
      measured[name] = samples
    }
    return measured
  },
}
