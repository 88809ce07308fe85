import { expect, test } from 'vitest'
import { draftOf, formFields } from '../../inspector/src/act/json-schema.ts'

test('an object of plain values has a field for each, anything else is written as JSON', () => {
  const schema = {
    type: 'object',
    properties: {
      callId: { type: 'string' },
      level: { enum: ['low', 'high'] },
      times: { type: 'integer' },
      now: { type: 'boolean' },
    },
    required: ['callId', 'level'],
  }
  expect(formFields(schema)?.map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ['callId', 'text', true],
    ['level', 'choice', true],
    ['times', 'number', false],
    ['now', 'boolean', false],
  ])
  expect(draftOf(schema)).toEqual({ callId: '', level: 'low' })
  for (const other of [null, { type: 'string' }, { type: 'object', properties: { list: { type: 'array' } } }])
    expect(formFields(other)).toBeUndefined()
})
