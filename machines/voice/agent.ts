import { defineAgent, llmNode, memoryNode, PlaybackData, sttNode, ttsNode } from 'troupe'

export default defineAgent({
  id: 'voice',
  version: 1,
  // What a client has played, for an exact account of what was heard.
  inputs: { playback: PlaybackData },
  nodes: {
    stt: sttNode(),
    memory: memoryNode({ window: 40, maxTokens: 8_000, speech: true }),
    llm: llmNode({ system: 'Your answers are read aloud: short sentences, no lists, no markup.' }),
    tts: ttsNode(),
  },
  edges: [
    // Who speaks over the answer stops it.
    { from: 'input', on: 'user_input', to: ['tts', 'stt'] },
    { from: 'stt', on: 'transcript', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: ['tts', 'output'] },
    { from: 'llm', on: 'llm_result', to: 'output' },
    // What is spoken goes to the client, and the memory keeps count of what was heard.
    { from: 'tts', on: 'audio', to: ['memory', 'output'] },
    { from: 'tts', on: 'sentence_ready', to: ['memory', 'output'] },
    { from: 'tts', on: 'speech_stopped', to: ['memory', 'output'] },
    { from: 'tts', on: 'speech_failed', to: 'output' },
    {
      from: 'input',
      on: 'playback',
      to: ['memory', { node: 'tts', when: { name: 'stopped', test: ({ stopped }) => stopped === true } }],
    },
  ],
})
