/** An agent that speaks, with its wiring for barge-in. */
import {
  defineAgent,
  defineTool,
  llmNode,
  memoryNode,
  PlaybackData,
  toolNode,
  ttsNode,
  z,
  type SpeechSynthesizer,
} from 'troupe'

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks something up.',
  parameters: z.object({}),
  run: () => 'It is sunny.',
})

export function voiceAgent(voice?: SpeechSynthesizer | null) {
  const tools = [lookUp] as const
  return defineAgent({
    id: 'voice',
    version: 1,
    inputs: { playback: PlaybackData },
    nodes: {
      memory: memoryNode({ speech: true }),
      llm: llmNode({ tools }),
      tools: toolNode({ tools }),
      tts: ttsNode(voice === undefined ? {} : { voice }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: ['tts', 'memory'] },
      {
        from: 'input',
        on: 'playback',
        to: ['memory', { node: 'tts', when: { name: 'stopped', test: ({ stopped }) => stopped === true } }],
      },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: ['tts', 'output'] },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
      { from: 'tts', on: 'sentence_ready', to: ['memory', 'output'] },
      { from: 'tts', on: 'audio', to: ['memory', 'output'] },
      { from: 'tts', on: 'speech_failed', to: 'output' },
      { from: 'tts', on: 'speech_stopped', to: ['memory', 'output'] },
    ],
  })
}
