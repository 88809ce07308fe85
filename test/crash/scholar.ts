/**
 * An agent with all that knows and speaks: a memory with pins, a summary, recall and count of what was heard, documents
 * found by keywords and vectors, and a voice that is quick.
 */
import {
  defineAgent,
  llmNode,
  memoryNode,
  openIndex,
  ragNode,
  ttsNode,
  type DocumentIndex,
  type SpeechSynthesizer,
  type StoredIndex,
} from 'troupe'
import { writeWav } from '../../src/model/speech/wav.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const rate = 8_000

/** A thousand characters a second, so that some answers are heard to their end and some are not. */
const voice: SpeechSynthesizer = {
  name: 'quick',
  async synthesize(text) {
    await new Promise((resolve) => setImmediate(resolve))
    const seconds = text.length / 1_000
    const samples = new Uint8Array(2 * Math.round(seconds * rate))
    return { format: 'wav', data: writeWav({ rate, channels: 1, bitsPerSample: 16, samples }), seconds, rate }
  },
}

function library(): DocumentIndex {
  const index = openIndex('memory:')
  const ready = index.put(
    'library',
    Array.from({ length: 8 }, (_, shelf) => ({
      source: `shelf-${shelf}.md`,
      hash: '',
      chunks: [{ text: `Shelf ${shelf} holds the books about subject ${shelf}.` }],
    })),
  )
  return {
    async search(query, options) {
      await ready
      return index.search(query, options)
    },
  }
}

/** Keeps what fell out of its window in `recall`. */
export function scholar(recall: StoredIndex) {
  return defineAgent({
    id: 'scholar',
    version: 1,
    nodes: {
      memory: memoryNode({
        window: 4,
        pins: { first: true },
        summary: { client: scriptedModel(() => 'They spoke of shelves.').client, model: 'notes' },
        recall: { index: recall, limit: 2 },
        speech: true,
      }),
      rag: ragNode({ index: library(), limit: 1 }),
      llm: llmNode(),
      tts: ttsNode({ voice }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: ['tts', 'memory'] },
      { from: 'memory', on: 'memory_ready', to: 'rag' },
      { from: 'rag', on: 'documents', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: ['tts', 'output'] },
      { from: 'llm', on: 'llm_result', to: 'output' },
      { from: 'tts', on: 'sentence_ready', to: 'memory' },
      { from: 'tts', on: 'audio', to: ['memory', 'output'] },
      { from: 'tts', on: 'speech_stopped', to: ['memory', 'output'] },
    ],
  })
}
