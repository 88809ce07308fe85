import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { audit, llm } from './example-nodes.ts'

test('two maps of one event to one target have two names, a shared one has one', () => {
  const short = (data: { text: string }): { note: string } => ({ note: data.text })
  const { functions, machine } = defineAgent({
    id: 'mapped',
    version: 1,
    nodes: { llm, audit },
    edges: [
      { from: 'input', on: 'user_input', to: 'llm', map: () => ({ window: { ids: [], prepend: [], text: '' } }) },
      {
        from: 'llm',
        on: 'llm_result',
        to: 'audit',
        when: { name: 'empty', test: (data) => data.text === '' },
        map: short,
      },
      {
        from: 'llm',
        on: 'llm_result',
        to: 'audit',
        when: { name: 'long', test: (data) => data.text.length > 9 },
        map: short,
      },
      { from: 'llm', on: 'llm_result', to: 'audit', map: (data) => ({ note: `${data.text}!` }) },
    ],
  })
  expect(Object.keys(functions.maps)).toEqual([
    'input.user_input->llm',
    'llm.llm_result->audit',
    'llm.llm_result->audit#2',
  ])
  expect(functions.maps['llm.llm_result->audit#2']?.({ text: 'a' })).toEqual({ note: 'a!' })
  expect(JSON.stringify(machine.config.on).match(/llm\.llm_result->audit(#2)?/g)).toEqual([
    'llm.llm_result->audit',
    'llm.llm_result->audit',
    'llm.llm_result->audit#2',
  ])
})

test('the map of a target goes before that of its edge', () => {
  const { functions } = defineAgent({
    id: 'mapped',
    version: 1,
    nodes: { audit },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: ['output', { node: 'audit', map: () => ({ note: 'own' }) }],
        map: () => ({ note: 'shared' }),
      },
    ],
  })
  expect(functions.maps['input.user_input->audit']?.('')).toEqual({ note: 'own' })
  expect(functions.maps['input.user_input->output']?.('')).toEqual({ note: 'shared' })
})
