/** The floor: a hand-written loop without an engine. */
import type { Message } from 'troupe'
import { runCall, scriptedModel, streamedPieces } from '../conversation.ts'
import type { Adapter } from './adapter.ts'

export const bare: Adapter = {
  name: 'bare loop',
  open({ rounds, delay, pieces }) {
    const model = scriptedModel(rounds, delay)
    return {
      async turn(_session, text) {
        const messages: Message[] = [{ role: 'user', content: text }]
        for (;;) {
          const answer = await model(messages)
          messages.push(answer)
          if (!answer.tool_calls) return answer.content ?? ''
          for (const call of answer.tool_calls) messages.push(await runCall(call))
        }
      },
      async stream(_session, _text, onPiece) {
        for await (const piece of streamedPieces(pieces)) onPiece(piece)
      },
    }
  },
}
