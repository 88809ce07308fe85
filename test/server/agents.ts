/** Agents for the server's tests: one whose text streams, as the test says. */
import type { Agent } from '../../src/agent/agent.ts'
import { soloAgent, type Play } from '../session/agents.ts'

/** Streams each word of the message, then says it. `before` is called in front of each word. */
export function wordAgent(before: (word: string) => void | Promise<void> = () => {}): Agent {
  const play: Play = async (text, runtime) => {
    for (const word of text.split(' ')) {
      await before(word)
      runtime.emit('chunk', { text: `${word} ` })
    }
    runtime.emit('said', { text: text.toUpperCase() })
  }
  return soloAgent(play)
}
