/** The built-in payloads that wiring is typed on. */
import { z } from 'zod'
import { MessageWindow, type UserContent } from './messages.ts'

/** What a user sends: text or content parts. */
export const UserInput: z.ZodType<UserContent, UserContent> = z.union([
  z.string(),
  z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({
        type: z.literal('image_url'),
        image_url: z.object({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).exactOptional() }),
      }),
      z.object({
        type: z.literal('input_audio'),
        input_audio: z.object({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
      }),
      z.object({
        type: z.literal('file'),
        file: z.object({
          file_data: z.string().exactOptional(),
          file_id: z.string().exactOptional(),
          filename: z.string().exactOptional(),
        }),
      }),
    ]),
  ),
])

/** What `llmNode`, `decisionNode` and `ragNode` take. */
export const WindowData = z.object({ window: MessageWindow })
export type WindowData = z.infer<typeof WindowData>

/**
 * `memory_ready`: the window, and what the memory did for it. What is not there did not happen in this turn.
 */
export const MemoryData = z.object({
  window: MessageWindow,
  /** Messages that were handed on before, or came since, and are left out now; `tokens` where they are counted. */
  trimmed: z.object({ messages: z.number(), tokens: z.number().exactOptional() }).exactOptional(),
  /** The summary was written anew, or could not be. */
  summary: z.enum(['renewed', 'failed']).exactOptional(),
  /** How many older messages were recalled; `failed` when the index or its embedder did. */
  recall: z.union([z.number(), z.literal('failed')]).exactOptional(),
})
export type MemoryData = z.infer<typeof MemoryData>

/** `llm_chunk`: a piece of the answer as the model streams it; the last one of a model call is empty and `final`. */
export const ChunkData = z.object({ text: z.string(), attempt: z.number(), final: z.literal(true).exactOptional() })
export type ChunkData = z.infer<typeof ChunkData>

/**
 * `sentence_ready`: one sentence without space around it. `index` counts from 0 within a turn; a sentence replaces the
 * one with the same index and a lower attempt, and voids those behind it.
 */
export const SentenceData = z.object({
  text: z.string(),
  index: z.number(),
  attempt: z.number(),
  /** What stands before it in the answer and is not spoken, such as space. Texts with their leads make up the answer. */
  lead: z.string().exactOptional(),
  /** No audio comes of it. */
  silent: z.literal(true).exactOptional(),
})
export type SentenceData = z.infer<typeof SentenceData>

/** `audio`: one spoken sentence, a file of its own in base64; for `pcm`, 16-bit little-endian samples of one channel. */
export const AudioData = z.object({
  text: z.string(),
  index: z.number(),
  attempt: z.number(),
  lead: z.string().exactOptional(),
  format: z.enum(['wav', 'mp3', 'pcm']),
  /** Samples a second, where that is known. */
  rate: z.number().exactOptional(),
  /** How long it plays. */
  seconds: z.number(),
  /** When it left, in milliseconds since the epoch. */
  at: z.number(),
  data: z.string(),
})
export type AudioData = z.infer<typeof AudioData>

/**
 * `speech_stopped`: what of earlier turns was not played by then is not to be played. `by` is the event that stopped it,
 * `at` when, in milliseconds since the epoch.
 */
export const SpeechStop = z.object({ by: z.string(), at: z.number() })
export type SpeechStop = z.infer<typeof SpeechStop>

/**
 * What a client tells about playing speech: it has played what comes before the sentence `index` of the newest answer, and
 * `seconds` of that one. `stopped`: it plays no more of it.
 */
export const PlaybackData = z.object({
  index: z.int().nonnegative(),
  /** Default: all of it. */
  seconds: z.number().nonnegative().exactOptional(),
  stopped: z.literal(true).exactOptional(),
})
export type PlaybackData = z.infer<typeof PlaybackData>

/** Tokens used, as in {@link import('./messages.ts').Usage}. */
export const UsageData = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  calls: z.number(),
  cachedInputTokens: z.number().exactOptional(),
  reasoningTokens: z.number().exactOptional(),
  cost: z.number().exactOptional(),
})

/** A call of a tool that the client runs; `arguments` is the model's JSON text, which may be malformed. */
export const ClientCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
})
export type ClientCall = z.infer<typeof ClientCall>

/** `llm_result`: the model's answer. `finishReason` is there only when the text is not whole, and says why. */
export const ResultData = z.object({
  text: z.string(),
  window: MessageWindow,
  usage: UsageData,
  finishReason: z.enum(['length', 'content_filter']).exactOptional(),
  /** Calls of tools that the client runs itself; the turn ends with them. */
  toolCalls: z.array(ClientCall).exactOptional(),
  /** The model refused, with these words, which are in the text too. */
  refusal: z.string().exactOptional(),
  /** The model that answered, where it was a fallback. */
  model: z.string().exactOptional(),
})
export type ResultData = z.infer<typeof ResultData>

/** `reasoning_chunk`: a piece of what the model thinks before it answers. */
export const ReasoningData = z.object({ text: z.string(), attempt: z.number() })
export type ReasoningData = z.infer<typeof ReasoningData>

/** `refusal`: a model that was asked for structured output refused, with these words. */
export const RefusalData = z.object({
  refusal: z.string(),
  window: MessageWindow,
  usage: UsageData,
  /** The model that answered, where it was a fallback. */
  model: z.string().exactOptional(),
})
export type RefusalData = z.infer<typeof RefusalData>

/**
 * A call of a tool as nodes exchange it: arguments are parsed. `rejected` says why a person refused it, `approved` that
 * one let it pass, `edited` that the arguments are the person's, not the model's.
 */
export const CallData = z.object({
  id: z.string(),
  name: z.string(),
  args: z.json(),
  rejected: z.string().exactOptional(),
  approved: z.literal(true).exactOptional(),
  edited: z.literal(true).exactOptional(),
})
/** `tool_call`: all calls of one model answer. */
export const CallsData = z.object({ window: MessageWindow, calls: z.array(CallData) })

/** The result of one call. `isError` tells the model that it failed. */
export const CallResult = z.object({ id: z.string(), content: z.string(), isError: z.boolean().exactOptional() })
export type CallResult = z.infer<typeof CallResult>
/** `tool_result`: a result for every call of a `tool_call`. */
export const ToolResultData = z.object({ window: MessageWindow, results: z.array(CallResult) })
export type ToolResultData = z.infer<typeof ToolResultData>

/** `tool_progress`: how far a call of a tool is, in the tool's own words. It is transient; `attempt` is that of the node. */
export const ToolProgressData = z.object({
  callId: z.string(),
  name: z.string(),
  data: z.json(),
  attempt: z.number(),
})
export type ToolProgressData = z.infer<typeof ToolProgressData>

/** One retrieved piece of text, with where it comes from: the headings above it and its page (from 1), where it has them. */
export const RetrievedDocument = z.object({
  id: z.string(),
  text: z.string(),
  source: z.string(),
  heading: z.string().exactOptional(),
  page: z.number().exactOptional(),
  score: z.number(),
})
export type RetrievedDocument = z.infer<typeof RetrievedDocument>
/** `documents`: what retrieval found; the window has them prepended. */
export const DocumentsData = z.object({ window: MessageWindow, documents: z.array(RetrievedDocument) })
export type DocumentsData = z.infer<typeof DocumentsData>

/** `error`: implicit in every node. `input` is the data of the event whose handler failed. */
export const ErrorEventData = z.object({ name: z.string(), message: z.string(), code: z.string(), input: z.json() })
export type ErrorEventData = z.infer<typeof ErrorEventData>
