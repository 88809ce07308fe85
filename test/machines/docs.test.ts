import { expect, test } from 'vitest'
import { eventsOf, pathsOf, runTroupe } from '../cli/run-troupe.ts'

const questions: readonly (readonly [question: string, source: string, citation: object])[] = [
  ['How much is the deposit?', 'rental.md', { heading: 'Renting a bicycle › Deposit' }],
  ['What do I do when I have a flat tyre?', 'help.html', { heading: 'Help on the road › Flat tyre' }],
  ['How do I charge the battery?', 'battery.pdf', { page: 2 }],
  ['押金是多少？', '常见问题.txt', {}],
]

test('docs answers from documents of every kind and says where each answer is from, without key and network', async () => {
  const lines = [...questions.map(([question]) => question), 'Who won the world cup?']
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/docs', '--json'], { lines })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const events = eventsOf(stdout)
  expect(pathsOf(events)[0]).toMatch(/^memory → rag → citations/)
  const cited = events.filter(({ type }) => type === 'answer_cited') as unknown as { citations: object[] }[]
  expect(cited.map(({ citations }) => citations)).toEqual([
    ...questions.map(([, source, citation]) => [expect.objectContaining({ source, ...citation })]),
    [],
  ])
})
