/**
 * XState without an engine around it: one machine per session that invokes its nodes once and exchanges RUN and DONE
 * with them. This is what the ratios are taken to.
 */
import { assign, createActor, fromCallback, sendTo, setup, type EventObject } from 'xstate'
import type { AssistantMessage, Message, MessageToolCall, ToolMessage, UserMessage } from 'troupe'
import { runCall, scriptedModel, streamedPieces, type Model } from '../conversation.ts'
import type { Adapter } from './adapter.ts'

interface Context {
  readonly messages: readonly Message[]
  readonly onPiece: (piece: string) => void
}
type Event =
  | { readonly type: 'USER' | 'STREAM'; readonly text: string }
  | { readonly type: 'DONE'; readonly output: Message }
  | { readonly type: 'PIECE'; readonly piece: string }

export const rawXState: Adapter = {
  name: 'raw XState',
  open({ rounds, delay, pieces }) {
    const machine = pingPongMachine(scriptedModel(rounds, delay), pieces)
    const play = (event: Event, onPiece: Context['onPiece']): Promise<Context> =>
      new Promise((resolve) => {
        const actor = createActor(machine, { input: onPiece })
        let state: unknown = 'idle'
        actor.subscribe((snapshot) => {
          if (snapshot.value === state) return
          state = snapshot.value
          if (state !== 'idle') return
          resolve(snapshot.context)
          actor.stop()
        })
        actor.start()
        actor.send(event)
      })
    return {
      async turn(_session, text) {
        const { messages } = await play({ type: 'USER', text }, () => {})
        return (messages.at(-1) as AssistantMessage).content ?? ''
      },
      async stream(_session, text, onPiece) {
        await play({ type: 'STREAM', text }, onPiece)
      },
    }
  },
}

interface RunEvent<Input> extends EventObject {
  readonly input: Input
}

/** A node that lives as long as its session: each RUN is answered by a DONE. */
function node<Input>(run: (input: Input, sendBack: (event: Event) => void) => Promise<Message>) {
  return fromCallback<RunEvent<Input>>(({ sendBack, receive }) => {
    receive(({ input }) => void run(input, sendBack).then((output) => sendBack({ type: 'DONE', output })))
  })
}

function pingPongMachine(model: Model, pieces: number) {
  return setup({
    types: { context: {} as Context, events: {} as Event, input: {} as Context['onPiece'] },
    actors: {
      memory: node(async (content: string): Promise<UserMessage> => ({ role: 'user', content })),
      model: node((messages: readonly Message[]) => model(messages)),
      tool: node((call: MessageToolCall): Promise<ToolMessage> => runCall(call)),
      stream: node(async (_text: string, sendBack): Promise<AssistantMessage> => {
        for await (const piece of streamedPieces(pieces)) sendBack({ type: 'PIECE', piece })
        return { role: 'assistant', content: '' }
      }),
    },
    guards: { asksForTool: ({ event }) => callOf(event) !== undefined },
    actions: {
      append: assign({
        messages: ({ context, event }) =>
          event.type === 'DONE' ? [...context.messages, event.output] : context.messages,
      }),
      askModel: sendTo('model', ({ context }) => ({ type: 'RUN', input: context.messages })),
      callTool: sendTo('tool', ({ event }) => ({ type: 'RUN', input: callOf(event) })),
    },
  }).createMachine({
    context: ({ input }) => ({ messages: [], onPiece: input }),
    initial: 'idle',
    invoke: [
      { id: 'memory', src: 'memory' },
      { id: 'model', src: 'model' },
      { id: 'tool', src: 'tool' },
      ...(pieces > 0 ? [{ id: 'stream', src: 'stream' } as const] : []),
    ],
    states: {
      idle: {
        on: {
          USER: { target: 'memory', actions: sendTo('memory', ({ event }) => ({ type: 'RUN', input: event.text })) },
          STREAM: {
            target: 'streaming',
            actions: sendTo('stream', ({ event }) => ({ type: 'RUN', input: event.text })),
          },
        },
      },
      memory: { on: { DONE: { target: 'model', actions: ['append', 'askModel'] } } },
      model: {
        on: {
          DONE: [
            { guard: 'asksForTool', target: 'tool', actions: ['append', 'callTool'] },
            { target: 'idle', actions: 'append' },
          ],
        },
      },
      tool: { on: { DONE: { target: 'model', actions: ['append', 'askModel'] } } },
      streaming: {
        on: {
          PIECE: { actions: ({ context, event }) => context.onPiece(event.piece) },
          DONE: 'idle',
        },
      },
    },
  })
}

function callOf(event: Event): MessageToolCall | undefined {
  const message = event.type === 'DONE' ? event.output : undefined
  return message?.role === 'assistant' ? message.tool_calls?.[0] : undefined
}
