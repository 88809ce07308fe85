import { expect, test } from 'vitest'
import { compile } from './agent-compiler.ts'

/** A chart of 50 states over 12 nodes; each state has four events, a guard, a map and a delay. */
function largeChart(): string {
  const count = 50
  const nodes = Array.from({ length: 12 }, (_, index) => index)
  const states = Array.from({ length: count }, (_, index) => {
    const node = `n${index % nodes.length}`
    const next = `'s${(index + 1) % count}'`
    return `s${index}: {
      initial: 'a', states: { a: { on: { '${node}.noted': 'b' } }, b: { type: 'final' } },
      on: {
        '${node}.done': [{ guard: ({ event }) => event.data.text !== '', target: ${next}, actions: chart.deliver('output') }, { target: 's0' }],
        '${node}.route': { guard: chart.decided('left'), actions: chart.deliver('${node}', (data) => ({ text: data.route })) },
        '${node}.error': { actions: [chart.cancel('${node}'), chart.drop('${node}')] },
        'input.approve': { target: ${next}, actions: chart.release('${node}') },
      },
      after: { later: ${next} },
    },`
  })
  return [
    `import { createActor } from 'xstate'`,
    `import { z } from 'zod'`,
    `import { setupAgent } from '../../src/agent/setup-agent.ts'`,
    `import { defineNode } from '../../src/agent/define-node.ts'`,
    ...nodes.map(
      (index) => `const n${index} = defineNode({
  input: z.object({ text: z.string() }),
  emits: {
    done: z.object({ text: z.string(), step${index}: z.number() }),
    noted: z.object({ items: z.array(z.string()) }),
    route: z.object({ route: z.enum(['left', 'right']) }),
  },
  run() {},
})`,
    ),
    `const chart = setupAgent({ id: 'large', version: 1, nodes: { ${nodes.map((index) => `n${index}`).join(', ')} },`,
    `  inputs: { approve: z.object({ by: z.string() }) }, delays: { later: 1000 } })`,
    `const agent = chart.createAgent({ initial: 's0', states: {`,
    ...states,
    `} })`,
    `export const matched = createActor(agent.machine).getSnapshot().matches({ s49: 'b' })`,
  ].join('\n')
}

test('a chart of 50 states compiles in seconds', async () => {
  const sources = new Map([['large', largeChart()]])
  let seconds = Infinity
  // Instantiations are the measure; the time, of the fastest run, is that of a machine with other work.
  for (let run = 0; run < 3 && seconds > 10; run++) {
    const { messages, figures } = await compile(sources)
    expect([...messages.values()]).toEqual([])
    expect(figures.get('Instantiations')).toBeLessThanOrEqual(450_000)
    seconds = figures.get('Total time') ?? Infinity
  }
  expect(seconds).toBeLessThanOrEqual(10)
}, 60_000)
