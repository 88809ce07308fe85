import { expect, test } from 'vitest'
import { runMalformedTurns } from '../model/malformed-turns.ts'

const answers = Number(process.env['TROUPE_ANSWERS'] ?? 10_000)
const seed = Number(process.env['TROUPE_SEED'] ?? 1)

test(`${answers} malformed answers: every turn ends in a defined way, and the next one works`, async () => {
  const { turns, ends } = await runMalformedTurns(answers, seed)
  expect(turns).toBe(answers)
  const list = [...ends].sort(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`)
  process.stdout.write(`\nmalformed answers: ${list.join(', ')}\n`)
}, 900_000)
