import { expect, test } from 'vitest'
import { mcpTools, openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { agentWith, published } from './servers.ts'

test('the model is offered the tools of a server as that describes them, and its calls reach it', async () => {
  await using everything = await mcpTools({ all: published('everything') })
  const model = scriptedModel([
    {
      toolCalls: [
        { id: 'c1', name: 'all__get-sum', args: { a: 2, b: 40 } },
        { id: 'c2', name: 'all__get-sum', args: { a: 'two' } },
        { id: 'c3', name: 'all__get-tiny-image', args: {} },
      ],
    },
    '42.',
  ])
  await using session = await openSession(agentWith(everything), { client: model.client })
  expect(await session.send('Add').result).toMatchObject({ status: 'completed', text: '42.' })
  expect(model.requests[0]?.tools).toContainEqual({
    type: 'function',
    function: {
      name: 'all__get-sum',
      description: 'Returns the sum of two numbers',
      parameters: expect.objectContaining({
        type: 'object',
        properties: {
          a: { type: 'number', description: 'First number' },
          b: { type: 'number', description: 'Second number' },
        },
        required: ['a', 'b'],
      }) as unknown,
    },
  })
  const [sum, wrong, image] = (model.requests[1]?.messages ?? [])
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content as string)
  expect(sum).toBe('The sum of 2 and 40 is 42.')
  expect(wrong).toContain("Error: the arguments of 'all__get-sum' are not valid:\n- a: ")
  expect(image).toMatch(/\[image of type image\/png, \d+ bytes: it cannot be shown here\]/)
})
