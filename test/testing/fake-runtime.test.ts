import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineNode } from '../../src/agent/define-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

const counter = defineNode({
  input: z.object({ by: z.number() }),
  emits: { counted: z.object({ total: z.number(), id: z.string() }), progress: z.object({ done: z.number() }) },
  transient: ['progress'],
  state: z.object({ total: z.number() }),
  run(event, runtime) {
    const total = (runtime.getState()?.total ?? 0) + event.data.by
    runtime.emit('progress', { done: 1 })
    runtime.addUsage({ inputTokens: 1, outputTokens: 1, totalTokens: 2, calls: 1 })
    const id = runtime.append({ role: 'assistant', content: `${total}` })
    runtime.setState({ total })
    runtime.emit('counted', { total: total > 100 ? ('many' as never) : total, id })
  },
})

describe('fakeRuntime', () => {
  test('commits what a handler did, and gives appended messages their lasting ids', async () => {
    const runtime = fakeRuntime(counter, { state: { total: 5 }, messages: [{ role: 'user', content: 'go' }] })
    await runtime.handle({ by: 2 })
    expect(runtime.emitted).toEqual([{ type: 'counted', data: { total: 7, id: '0.1' } }])
    expect(runtime.transient).toEqual([{ type: 'progress', data: { done: 1 } }])
    expect(runtime.dataOf('progress')).toEqual([{ done: 1 }])
    expect(runtime.state).toEqual({ total: 7 })
    expect(runtime.messages).toEqual([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: '7' },
    ])
    expect(runtime.window('go')).toEqual({ ids: ['0.0', '0.1'], prepend: [], text: 'go' })
  })

  test('refuses an emit as a session does: nothing takes effect but transient events and usage', async () => {
    const runtime = fakeRuntime(counter, { nodeId: 'tally' })
    await expect(runtime.handle({ by: 101 })).rejects.toMatchObject({
      name: 'EmitError',
      code: 'invalid_emit',
      message: expect.stringContaining("Node 'tally' cannot emit 'counted': total:") as string,
    })
    expect(runtime).toMatchObject({ emitted: [], messages: [], state: undefined, usage: { calls: 1 } })
    expect(runtime.transient).toHaveLength(1)
  })

  test('refuses input that the node does not take', async () => {
    await expect(fakeRuntime(counter).handle({ by: 'x' })).rejects.toMatchObject({ name: 'InputError' })
  })

  test('refuses durable emits while a transient event is handled', async () => {
    await expect(fakeRuntime(counter).handle({ by: 1 }, { transient: true })).rejects.toThrow('transient events only')
  })

  test('announces a rerun by resets', async () => {
    const runtime = fakeRuntime(counter)
    await runtime.handle({ by: 1 }, { attempt: 2 })
    expect(runtime.transient.map(({ type }) => type)).toEqual(['progress_reset', 'progress'])
  })

  test('runs loops: asking for the next event commits the last one', async () => {
    const loop = defineNode({
      input: z.string(),
      emits: { joined: z.string() },
      async loop(runtime) {
        let all = ''
        for await (const event of runtime.input()) {
          all += event.data
          runtime.emit('joined', all)
        }
      },
    })
    const runtime = fakeRuntime(loop)
    await runtime.handle('a')
    await runtime.handle('b')
    expect(runtime.dataOf('joined')).toEqual(['a', 'ab'])
    await runtime.abort()
  })

  test('takes one event at a time, and aborts it', async () => {
    const waiting = defineNode({
      input: z.null(),
      emits: {},
      run: (_event, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    })
    const runtime = fakeRuntime(waiting)
    const handled = runtime.handle(null)
    await expect(runtime.handle(null)).rejects.toMatchObject({ code: 'session_busy' })
    await Promise.all([expect(handled).rejects.toMatchObject({ code: 'aborted' }), runtime.abort()])
  })
})
