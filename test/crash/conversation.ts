/** A client that wants each of its messages answered once, through any number of lives of the process. */
import { expect } from 'vitest'
import type { TurnResult } from 'troupe'
import type { TalkingAgentId } from './agents.ts'
import type { Life } from './life.ts'
import type { Inspection } from './protocol.ts'

/** A message of the client, and what it knows of it. */
export interface Input {
  readonly id: string
  readonly text: string
  /** What a person says to the refund that the message leads to. */
  readonly decision?: 'approve' | 'reject'
  traceId?: string
  result?: TurnResult
}

/** What a client says in a session. */
export interface Conversation {
  readonly session: string
  readonly agent: TalkingAgentId
  readonly inputs: Input[]
}

/** How a client goes about it. */
export interface Manner {
  /** Whether to send the next message before this one is answered. */
  readonly hurries?: () => boolean
  /** Whether to send a message again, though it is answered. */
  readonly repeats?: () => boolean
}

/** Messages that no other conversation has, so that a lost or doubled one is seen. */
export function conversationOf(session: string, agent: TalkingAgentId, length: number): Conversation {
  const inputs = Array.from({ length }, (_, index): Input => {
    const id = `${session}-${index}`
    switch (agent) {
      case 'assistant':
        return { id, text: texts[index % texts.length]?.(index + 2) as string }
      case 'refund_desk':
        if (index % 3 === 2) return { id, text: `Look up order ${['A-17', 'B-23', 'C-42'][index % 3]}` }
        return { id, text: `Refund order A-17, ${index + 1} euros`, decision: index % 3 === 1 ? 'reject' : 'approve' }
      case 'scholar':
        if (index % 2 === 1) return { id, text: `Remember that my number ${index} is ${index * 7}.` }
        return { id, text: `Question ${index}: what is on shelf ${index}? Which books does it hold?` }
      case 'courier':
        return { id, text: `Ship parcel ${index + 1}` }
      case 'crew':
        return { id, text: `one two ${index + 1}` }
    }
  })
  return { session, agent, inputs }
}

const texts: readonly ((n: number) => string)[] = [
  (n) => `What is 17*${n}?`,
  (n) => `What is ${n}*3 and what is 100-${n}?`,
  (n) => `Question ${n}: what are nodes and edges of an agent in Troupe?`,
]

/** Opens the session and sends what is not answered, until all is. */
export async function converse(life: Life, conversation: Conversation, manner: Manner = {}): Promise<void> {
  const { session, agent } = conversation
  await life.ask({ op: 'open', session, agent })
  const open: Promise<void>[] = []
  try {
    for (const input of conversation.inputs) {
      if (input.result && !manner.repeats?.()) continue
      const answered = exchange(life, conversation, input)
      answered.catch(() => {})
      open.push(answered)
      // A refund has to be decided before the next message, so that the conversation has one possible course.
      if (agent === 'refund_desk' || !manner.hurries?.()) await answered
    }
  } finally {
    await Promise.allSettled(open)
  }
  await Promise.all(open)
}

async function exchange(life: Life, { session }: Conversation, input: Input): Promise<void> {
  const { accepted, result } = life.send(session, input.id, input.text)
  const traceId = await accepted
  if (input.traceId !== undefined) expect(traceId, `turn of the repeated message ${input.id}`).toBe(input.traceId)
  input.traceId = traceId
  let ended = await result
  while (ended.status === 'waiting') {
    const callId = ended.pending[0]?.undecided[0]
    const signalled = await life.ask<{ traceId: string; result: TurnResult }>({
      op: 'signal',
      session,
      type: input.decision ?? 'approve',
      data: input.decision === 'reject' ? { callId, reason: 'too late' } : { callId },
    })
    expect(signalled.traceId, 'the turn that a signal goes on with').toBe(traceId)
    ended = signalled.result
  }
  if (input.result) expect(ended, `result of the repeated message ${input.id}`).toEqual(input.result)
  input.result = ended
}

/** What is stored of a session. */
export async function inspect(life: Life, session: string): Promise<Inspection> {
  const inspection = await life.ask<Inspection | null>({ op: 'inspect', session })
  if (!inspection) throw new Error(`Nothing is stored of session '${session}'.`)
  return inspection
}
