/**
 * W9: turns of ten tool rounds over HTTP, eleven streamed requests each, with the `openai` client; one at a time and 50 at
 * once. Troupe beside a hand-written loop around the same client, and Troupe with the client that it makes itself, whose
 * `fetch` is a leaner one, in slices that alternate in one process: `npm run bench:http`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources'
import { defineAgent, defineTool, llmNode, memoryNode, modelClient, openSession, toolNode, z } from 'troupe'
import { assertHistoryKept, lookUp, userText } from './conversation.ts'
import { collectGarbage, now } from './process.ts'
import { median, rounded } from './statistics.ts'

const rounds = 10
const slices = 6
const sliceTime = 1_500
/** Turns of each before anything is measured. */
const warmUp = 500

const tool = defineTool({
  name: 'lookup',
  description: 'Looks a record up.',
  parameters: z.object({ q: z.string() }),
  run: lookUp,
})
const agent = defineAgent({
  id: 'bench',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools: [tool], model: 'bench' }), tools: toolNode({ tools: [tool] }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

type Turn = (client: OpenAI) => Promise<string>

const troupe: Turn = async (client) => {
  const session = await openSession(agent, { client })
  let streamed = ''
  const turn = session.send(userText)
  for await (const { type, data } of turn) if (type === 'llm_chunk') streamed += (data as { text: string }).text
  const { text } = await turn.result
  await session.stop()
  if (streamed !== text) throw new Error('the streamed answer is not whole')
  return text
}

const bare: Turn = async (client) => {
  const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: userText }]
  const { name, description, jsonSchema } = tool
  const tools = [{ type: 'function' as const, function: { name, description, parameters: { ...jsonSchema } } }]
  for (;;) {
    const stream = await client.chat.completions.create({
      model: 'bench',
      messages,
      tools,
      stream: true,
      stream_options: { include_usage: true },
    })
    let content = ''
    const calls: { id: string; name: string; args: string }[] = []
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta
      if (delta?.content) content += delta.content
      for (const { index, id, function: called } of delta?.tool_calls ?? []) {
        const call = (calls[index] ??= { id: id ?? '', name: called?.name ?? '', args: '' })
        call.args += called?.arguments ?? ''
      }
    }
    if (calls.length === 0) return content
    messages.push({
      role: 'assistant',
      content,
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: call.args },
      })),
    })
    for (const { id, args } of calls)
      messages.push({ role: 'tool', tool_call_id: id, content: await lookUp(JSON.parse(args) as { q: string }) })
  }
}

/** What a slice comes to. */
interface Slice {
  /** Turns per second. */
  readonly rate: number
  /** Milliseconds of the processors per turn, those of this process. */
  readonly cpu: number
}

/** Plays turns for a while, so many at once. */
async function slice(
  name: string,
  turn: Turn,
  client: OpenAI,
  concurrency: number,
  milliseconds: number,
): Promise<Slice> {
  const start = now()
  const before = process.cpuUsage()
  let turns = 0
  const worker = async (): Promise<void> => {
    while (now() - start < milliseconds) {
      assertHistoryKept(name, await turn(client), rounds)
      turns++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const { user, system } = process.cpuUsage(before)
  return { rate: turns / ((now() - start) / 1_000), cpu: (user + system) / 1_000 / turns }
}

const model = spawn(process.execPath, [fileURLToPath(new URL('model-process.js', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const [port] = (await once(createInterface(model.stdout), 'line')) as [string]
const baseURL = `http://127.0.0.1:${port}/v1`
const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0, logLevel: 'off' })
const ownClient = modelClient({ apiKey: 'none', baseURL, maxRetries: 0 })
const engines: readonly (readonly [name: string, turn: Turn, client: OpenAI])[] = [
  ['Troupe', troupe, client],
  ['Troupe with its own client', troupe, ownClient],
  ['bare client', bare, client],
]
// By number and not by time: on a busy machine whoever has more code would be measured before it is compiled.
for (const [name, turn, itsClient] of engines)
  for (let burst = 0; burst < warmUp; burst += 50)
    await Promise.all(Array.from({ length: 50 }, async () => assertHistoryKept(name, await turn(itsClient), rounds)))
for (const concurrency of [1, 50]) {
  const rates = new Map<string, Slice[]>(engines.map(([name]) => [name, []]))
  for (let index = 0; index < slices; index++) {
    for (const [name, turn, itsClient] of index % 2 === 0 ? engines : engines.toReversed()) {
      await collectGarbage()
      rates.get(name)?.push(await slice(name, turn, itsClient, concurrency, sliceTime))
    }
  }
  const other = rates.get('bare client') ?? []
  for (const name of ['Troupe', 'Troupe with its own client']) {
    const own = rates.get(name) ?? []
    for (const what of ['rate', 'cpu'] as const) {
      const of = (list: readonly Slice[]): number => rounded(median(list.map((one) => one[what])))
      const ratio = median(own.map((one, index) => one[what] / (other[index]?.[what] ?? Number.NaN)))
      const unit = what === 'rate' ? 'turns/s' : 'ms CPU/turn'
      console.log(
        `W9 c = ${concurrency}: ${name} ${of(own)} ${unit}, bare client ${of(other)} ${unit}, ratio ${rounded(ratio)} ×`,
      )
    }
  }
}
model.stdin.end()
