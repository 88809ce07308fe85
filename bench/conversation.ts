/**
 * The conversation that every engine plays, so that all of them move the same bytes.
 *
 * A turn is memory → model → (tool → model) × rounds → answer. The model is stateless: it counts the tool results behind
 * the last message of the user, so each engine has to hand it the history; its answer tells how many messages it saw.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AssistantMessage, Message, MessageToolCall, ToolMessage } from 'troupe'

export const userText = 'Please look up the records that I need and tell me what they say.'

/** Answers a list of messages. */
export type Model = (messages: readonly Message[]) => Promise<AssistantMessage>

/** A model that asks for one tool call `rounds` times and then answers, each time after `delay` milliseconds. */
export function scriptedModel(rounds: number, delay: number): Model {
  let calls = 0
  return async (messages) => {
    if (delay > 0) await sleep(delay)
    const round = resultsInTurn(messages)
    if (round >= rounds) return { role: 'assistant', content: finalText(messages.length) }
    const call = { name: 'lookup', arguments: JSON.stringify({ q: `record-${round}` }) }
    return { role: 'assistant', content: '', tool_calls: [{ id: `call_${++calls}`, type: 'function', function: call }] }
  }
}

/** What the one tool takes. */
export interface LookupArguments {
  q: string
}

/** The one tool: gives some 100 bytes of JSON. */
export async function lookUp({ q }: LookupArguments): Promise<string> {
  return `{"id":"${q}","status":"ok","value":42,"note":"a short but realistic tool answer of some 100 bytes"}`
}

/** Runs a call as a model writes it. */
export async function runCall({ id, function: { arguments: text } }: MessageToolCall): Promise<ToolMessage> {
  return { role: 'tool', tool_call_id: id, content: await lookUp(JSON.parse(text) as LookupArguments) }
}

/** The pieces of a streamed answer. */
export async function* streamedPieces(count: number): AsyncGenerator<string> {
  for (let index = 0; index < count; index++) yield `tok${index % 10} `
}

/** Steps of a turn: memory, the model once more than the tool. */
export const stepsPerTurn = (rounds: number): number => 1 + (rounds + 1) + rounds

/** @throws Error when the model did not see the whole history of a new session's first turn. */
export function assertHistoryKept(engine: string, answer: string, rounds: number): void {
  const seen = Number(/history=(\d+)/.exec(answer)?.[1])
  if (seen !== 2 * rounds + 1)
    throw new Error(`${engine}: the model saw ${seen} messages, there were ${2 * rounds + 1}: '${answer}'`)
}

function resultsInTurn(messages: readonly Message[]): number {
  let results = 0
  for (let index = messages.length - 1; index >= 0 && messages[index]?.role !== 'user'; index--)
    if (messages[index]?.role === 'tool') results++
  return results
}

const finalText = (history: number): string =>
  'All records were looked up and every one of them is fine, so there is nothing that you need to do now. ' +
  `Ask me again whenever you want another look at them. history=${history}`
