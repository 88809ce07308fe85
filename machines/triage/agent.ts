import { llmNode, memoryNode, setupAgent, toolNode, z } from 'troupe'
import { person } from './person.ts'
import { lookupInvoice, measureLine } from './tools.ts'

const billing = 'invoices, bills, payments and prices'
const tech = 'the internet connection, the line, the router, errors and outages'
const human = 'the customer asks for a person, a human, an employee'
const front = 'the customer wants to go back, or to another department'

// All of them see the same conversation. A hand-off is a route: it stays out of the conversation.
const chart = setupAgent({
  id: 'triage',
  version: 1,
  nodes: {
    memory: memoryNode({ window: 40 }),
    front: llmNode({
      system:
        'You are the front desk of an internet provider. Be brief. Transfer the customer as soon as you know to whom.',
      routes: { billing, tech, human },
    }),
    billing: llmNode({
      system: 'You work in billing at an internet provider. Be brief. Look an invoice up before you talk about it.',
      tools: [lookupInvoice],
      routes: { tech, human, front },
    }),
    tech: llmNode({
      system: 'You work in technical support at an internet provider. Be brief. Measure the line before you judge it.',
      tools: [measureLine],
      routes: { billing, human, front },
    }),
    tools: toolNode({ tools: [lookupInvoice, measureLine] }),
    person,
  },
  inputs: {
    reply: z.object({ text: z.string() }),
    hand_back: z.object({}),
  },
})

const toBilling = { guard: chart.decided('billing'), target: 'billing', actions: chart.deliver('billing') } as const
const toTech = { guard: chart.decided('tech'), target: 'tech', actions: chart.deliver('tech') } as const
const toHuman = { guard: chart.decided('human'), target: 'human', actions: chart.hold('person') } as const
const toFront = { target: 'front', actions: chart.deliver('front') } as const

export default chart.createAgent({
  initial: 'front',
  on: {
    'input.user_input': { actions: chart.deliver('memory') },
    'front.llm_chunk': { actions: chart.deliver('output') },
    'front.llm_result': { actions: chart.deliver('output') },
    'billing.llm_chunk': { actions: chart.deliver('output') },
    'billing.llm_result': { actions: chart.deliver('output') },
    'tech.llm_chunk': { actions: chart.deliver('output') },
    'tech.llm_result': { actions: chart.deliver('output') },
    'person.person_answered': { actions: chart.deliver('output') },
  },
  states: {
    front: {
      on: {
        'memory.memory_ready': { actions: chart.deliver('front') },
        'front.route': [toBilling, toTech, toHuman],
      },
    },
    // Whoever has the conversation keeps it over turns, until it is handed on.
    billing: {
      on: {
        'memory.memory_ready': { actions: chart.deliver('billing') },
        'billing.tool_call': { actions: chart.deliver('tools') },
        'tools.tool_result': { actions: chart.deliver('billing') },
        'billing.route': [toTech, toHuman, toFront],
      },
    },
    tech: {
      on: {
        'memory.memory_ready': { actions: chart.deliver('tech') },
        'tech.tool_call': { actions: chart.deliver('tools') },
        'tools.tool_result': { actions: chart.deliver('tech') },
        'tech.route': [toBilling, toHuman, toFront],
      },
    },
    human: {
      on: {
        'memory.memory_ready': { actions: chart.hold('person') },
        'input.reply': { actions: [chart.drop('person'), chart.deliver('person')] },
        'input.hand_back': { target: 'front', actions: chart.drop('person') },
      },
    },
  },
})
