/**
 * A model of ten tool rounds as an HTTP server in a process of its own, so that a client is measured and not the server:
 * each event of a stream is one write. Prints its port; ends when its standard input does.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { userText } from './conversation.ts'

const rounds = 10
const pieces = 20
const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench' }
const text = 'All records were looked up and every one of them is fine, so there is nothing that you need to do now. '

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (piece: string) => (body += piece))
  request.on('end', () =>
    answer((JSON.parse(body) as { messages: { role: string; content: unknown }[] }).messages, response),
  )
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.resume().on('end', () => process.exit(0))

function answer(messages: readonly { role: string; content: unknown }[], response: ServerResponse): void {
  const round = messages.filter(({ role }) => role === 'tool').length
  if (messages[0]?.content !== userText) throw new Error('the conversation does not begin as it should')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (delta: object, finish_reason: string | null = null): void => {
    response.write(`data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`)
  }
  if (round < rounds) {
    const call = { index: 0, id: `call_${round}`, type: 'function' }
    send({ role: 'assistant', content: null, tool_calls: [{ ...call, function: { name: 'lookup', arguments: '' } }] })
    for (const piece of ['{"q":"rec', `ord-${round}"}`])
      send({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
    send({}, 'tool_calls')
  } else {
    const whole = `${text}history=${messages.length}`
    const size = Math.ceil(whole.length / pieces)
    send({ role: 'assistant', content: '' })
    for (let start = 0; start < whole.length; start += size) send({ content: whole.slice(start, start + size) })
    send({}, 'stop')
  }
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 }
  response.write(`data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`)
  response.end('data: [DONE]\n\n')
}
