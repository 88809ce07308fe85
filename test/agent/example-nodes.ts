/** Nodes with the payloads of the built-in ones and handlers that do nothing: what wiring is tested with. */
import { z } from 'zod'
import { defineNode } from '../../src/agent/define-node.ts'
import {
  CallsData,
  ChunkData,
  DocumentsData,
  ResultData,
  ToolResultData,
  UserInput,
  WindowData,
} from '../../src/core/payloads.ts'

const run = (): void => {}

export const memory = defineNode({ input: UserInput, emits: { memory_ready: WindowData }, kind: 'memory', run })
export const router = defineNode({
  input: WindowData,
  emits: { route: z.object({ route: z.enum(['use_rag', 'chat']), window: WindowData.shape.window }) },
  kind: 'decision',
  run,
})
export const rag = defineNode({ input: WindowData, emits: { documents: DocumentsData }, kind: 'rag', run })
export const llm = defineNode({
  input: WindowData,
  emits: { llm_chunk: ChunkData, tool_call: CallsData, llm_result: ResultData },
  transient: ['llm_chunk'],
  kind: 'llm',
  run,
})
export const tools = defineNode({ input: CallsData, emits: { tool_result: ToolResultData }, kind: 'tools', run })
export const speech = defineNode({
  input: z.object({ text: z.string() }),
  emits: { audio: z.object({ base64: z.string() }) },
  transient: ['audio'],
  kind: 'tts',
  takesResets: true,
  run,
})
export const audit = defineNode({
  input: z.object({ note: z.string() }),
  emits: { noted: z.object({ ok: z.boolean() }) },
  kind: 'audit',
  run,
})
