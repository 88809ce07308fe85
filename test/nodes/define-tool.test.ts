import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool, ToolDefinitionError, toolsByName } from '../../src/nodes/tool.ts'

const fields = {
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number().default(1) }),
  run: () => 'x',
}

describe('defineTool', () => {
  test('keeps what it is given and shows the model the JSON Schema of what it has to write', () => {
    const tool = defineTool({ name: 'add-2_Z', ...fields })
    expect(tool).toMatchObject({ name: 'add-2_Z', description: 'Adds.', idempotent: false })
    expect(tool.jsonSchema).toEqual({
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number', default: 1 } },
      required: ['a'],
    })
  })

  test.each(['', 'two words', 'dotted.name', 'x'.repeat(65), '加'])('refuses the name %j', (name) => {
    expect(() => defineTool({ name, ...fields })).toThrow(ToolDefinitionError)
    expect(() => defineTool({ name, ...fields })).toThrow('must match ^[a-zA-Z0-9_-]{1,64}$')
  })

  test('refuses parameters without a JSON form', () => {
    const parameters = z.object({ when: z.date() })
    expect(() => defineTool({ ...fields, name: 'add', parameters })).toThrow(
      /Tool 'add' is not well defined: its parameters have no JSON form: Date/,
    )
  })

  test('refuses parameters that are no object', () => {
    for (const parameters of [z.string(), z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])]) {
      expect(() => defineTool({ ...fields, name: 'add', parameters })).toThrow('must be one object')
    }
  })

  test('two tools of a list cannot have one name', () => {
    const tool = defineTool({ name: 'add', ...fields })
    expect(() => toolsByName([tool, tool])).toThrow("Tool 'add' is not well defined: another tool")
  })
})
