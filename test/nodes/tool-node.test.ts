import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Json } from '../../src/core/json.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

const value = (name: string, run: () => unknown) =>
  defineTool({ name, description: name, parameters: z.object({}), run })
const add = defineTool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ numbers: z.array(z.number()).min(1), unit: z.enum(['m', 'km']).default('m') }),
  run: ({ numbers, unit }) => `${numbers.reduce((a, b) => a + b)} ${unit}`,
})
const window = { ids: ['0.0'], prepend: ['0.5'], text: 'hi' }

async function callOne(tool: Parameters<typeof toolNode>[0]['tools'][number], args: Json) {
  const runtime = fakeRuntime(toolNode({ tools: [tool] }))
  await runtime.handle({ window, calls: [{ id: 'a', name: tool.name, args }] })
  return runtime.dataOf('tool_result')[0]?.results[0]
}

describe('the results of a tool node', () => {
  test('come as one event in the order of the calls, with a tool message each', async () => {
    const runtime = fakeRuntime(toolNode({ tools: [add, value('now', () => ({ at: 5 }))] }), {
      messages: [{ role: 'user', content: 'hi' }],
    })
    await runtime.handle({
      window,
      calls: [
        { id: 'a', name: 'now', args: {} },
        { id: 'b', name: 'add', args: { numbers: [1, 2] } },
      ],
    })
    expect(runtime.emitted).toEqual([
      {
        type: 'tool_result',
        data: {
          window: { ids: ['0.0', '0.1', '0.2'], prepend: ['0.5'], text: 'hi' },
          results: [
            { id: 'a', content: '{"at":5}' },
            { id: 'b', content: '3 m' },
          ],
        },
      },
    ])
    expect(runtime.messages.slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '{"at":5}' },
      { role: 'tool', tool_call_id: 'b', content: '3 m' },
    ])
  })

  test.each([
    ['a string as it is', () => 'yes', { id: 'a', content: 'yes' }],
    ['a number as JSON', () => 5, { id: 'a', content: '5' }],
    ['null as JSON', () => null, { id: 'a', content: 'null' }],
    ['nothing as done', () => undefined, { id: 'a', content: 'OK: done, the tool returns nothing.' }],
    ['an empty string as it is', () => '', { id: 'a', content: '' }],
    ['a promise by what it resolves with', () => Promise.resolve([1]), { id: 'a', content: '[1]' }],
  ])('show %s', async (_title, run, result) => {
    expect(await callOne(value('tool', run), {})).toEqual(result)
  })

  test.each([
    [
      'a map',
      () => ({ inner: new Map() }),
      "Error: 'tool' ran, but what it returned is no JSON at $.inner: an instance of Map",
    ],
    ['a bigint', () => 5n, "Error: 'tool' ran, but what it returned is no JSON at $: a bigint"],
    [
      'a value nested more deeply than the stack holds',
      () => JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown,
      "Error: 'tool' ran, but what it returned is no JSON: Maximum call stack",
    ],
    [
      'undefined within',
      () => [undefined],
      "Error: 'tool' ran, but what it returned is no JSON at $[0]: undefined is no",
    ],
    [
      'a thrown error',
      () => {
        throw new Error('no network')
      },
      "Error: 'tool' failed: no network",
    ],
    ['a rejection', () => Promise.reject(new Error('')), "Error: 'tool' failed: it gives no reason"],
  ])('make an error of %s', async (_title, run, content) => {
    const result = await callOne(value('tool', run), {})
    expect(result).toMatchObject({ id: 'a', isError: true })
    expect(result?.content).toContain(content)
  })

  test('name the path and what is expected there, for arguments that do not fit', async () => {
    expect(await callOne(add, { numbers: [1, 'two'], unit: 'mile' })).toEqual({
      id: 'a',
      isError: true,
      content:
        "Error: the arguments of 'add' are not valid:\n" +
        '- numbers[1]: Invalid input: expected number, received string\n' +
        '- unit: Invalid option: expected one of "m"|"km"\n' +
        'Call it again with arguments that fit.',
    })
  })

  test('say where the text stops being JSON, for arguments that are none', async () => {
    expect(await callOne(add, '{"numbers": [1, 2}')).toEqual({
      id: 'a',
      isError: true,
      content:
        "Error: the arguments of 'add' are no JSON: at position 17 ',' or ']' is expected, not '}'. " +
        'Call it again with one JSON object.',
    })
    expect((await callOne(add, '{"numbers": [1'))?.content).toContain('not the end of the text')
  })

  test('are those of the inner object, for arguments that are JSON within a string', async () => {
    expect(await callOne(add, '{"numbers":[1]}')).toEqual({ id: 'a', content: '1 m' })
  })

  test('name the tools that there are, for one that is none', async () => {
    const runtime = fakeRuntime(toolNode({ tools: [add, value('now', () => 1)] }))
    const calls = [
      { id: 'a', name: 'subtract', args: {} },
      { id: 'b', name: 'constructor', args: {} },
    ]
    await runtime.handle({ window, calls } as never)
    expect(runtime.dataOf('tool_result')[0]?.results).toEqual([
      { id: 'a', isError: true, content: "Error: there is no tool 'subtract'. The tools are: add, now." },
      { id: 'b', isError: true, content: "Error: there is no tool 'constructor'. The tools are: add, now." },
    ])
  })
})
