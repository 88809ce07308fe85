/** `sttNode`: makes text of what the user said aloud. */
import { toFile } from 'openai'
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError, TroupeError } from '../core/errors.ts'
import type { ContentPart, UserContent } from '../core/messages.ts'
import type { NodeDefinition, NodeRuntime } from '../core/node.ts'
import { UserInput } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import { isOffline, modelOf } from '../model/client.ts'
import { ModelError, toModelError } from '../model/model-error.ts'
import type { ModelOptions } from './model-options.ts'

/** Options of {@link sttNode}. */
export interface SttNodeOptions extends Pick<ModelOptions, 'client'>, SupervisedOptions {
  /** Model for transcriptions. Default: `gpt-4o-mini-transcribe`. */
  readonly model?: string
  /** Language of the speech as in ISO 639-1, such as `en`. Default: the server finds out. */
  readonly language?: string
  /** Words that help with names and spelling. Default: none. */
  readonly prompt?: string
  /** The most bytes of all audio of an input together, decoded; a whole number from 1. Default: 10,000,000. */
  readonly maxBytes?: number
}

/** The node that {@link sttNode} makes. */
export type SttNode = NodeDefinition<typeof UserInput, { transcript: typeof UserInput }>

/** Stable codes of {@link TranscriptionError}. */
export type TranscriptionErrorCode =
  'transcription_audio' | 'transcription_too_large' | 'transcription_empty' | 'transcription_offline'

/** Audio of an input could not be made text. */
export class TranscriptionError extends TroupeError {
  declare readonly code: TranscriptionErrorCode
  readonly nodeId: string

  constructor(code: TranscriptionErrorCode, nodeId: string, reason: string) {
    super(code, `Node '${nodeId}' has no transcript: ${reason}`)
    this.nodeId = nodeId
  }
}

type AudioPart = Extract<ContentPart, { type: 'input_audio' }>

/**
 * A node that takes the user's input and emits `transcript`: the same with text in place of each `input_audio` part, as one
 * text where there is nothing but text. It asks an OpenAI-compatible server (`/audio/transcriptions`), one part after the
 * other; an input without audio is passed on as it is.
 *
 * Its handler throws TranscriptionError for audio that is no base64, too large, or in which nothing is said, and with the
 * offline stand-in, which cannot hear; ModelError when the server cannot be called.
 *
 * @throws AgentDefinitionError when `maxBytes` is no whole number from 1.
 */
export function sttNode(options: SttNodeOptions = {}): SttNode {
  const { model = 'gpt-4o-mini-transcribe', maxBytes = 10_000_000, language, prompt } = options
  if (!(Number.isInteger(maxBytes) && maxBytes >= 1))
    throw new AgentDefinitionError("a node of kind 'stt'", [`maxBytes is ${maxBytes}, not a whole number from 1`])

  return defineNode({
    kind: 'stt',
    supervision: options.supervision,
    input: UserInput,
    emits: { transcript: UserInput },
    async run(event, runtime) {
      const content = event.data
      if (typeof content === 'string' || !content.some(isAudio)) {
        runtime.emit('transcript', content)
        return
      }
      const audio = content.filter(isAudio).map((part) => decoded(part, runtime.nodeId))
      const size = audio.reduce((sum, { byteLength }) => sum + byteLength, 0)
      if (size > maxBytes) {
        const reason = `its audio has ${size} bytes, more than ${maxBytes}. Send less at a time, or raise 'maxBytes'.`
        throw new TranscriptionError('transcription_too_large', runtime.nodeId, reason)
      }
      const parts: ContentPart[] = []
      for (const part of content) {
        if (!isAudio(part)) parts.push(part)
        else parts.push({ type: 'text', text: await transcribe(audio.shift() as Buffer, part, runtime) })
      }
      runtime.emit('transcript', plain(parts))
    },
  })

  async function transcribe(
    bytes: Buffer,
    { input_audio: { format } }: AudioPart,
    runtime: Pick<NodeRuntime, 'nodeId' | 'services' | 'signal'>,
  ): Promise<string> {
    const { client } = modelOf(options.client ? { ...runtime.services, client: options.client } : runtime.services)
    const { signal, nodeId } = runtime
    if (isOffline(client)) {
      const reason = 'the offline stand-in cannot hear. Set OPENAI_API_KEY or OPENAI_BASE_URL.'
      throw new TranscriptionError('transcription_offline', nodeId, reason)
    }
    const address = { model, baseURL: client.baseURL }
    let text: unknown
    try {
      const file = await toFile(bytes, `audio.${format}`, { type: format === 'wav' ? 'audio/wav' : 'audio/mpeg' })
      const request = { file, model, ...(language ? { language } : {}), ...(prompt ? { prompt } : {}) }
      const answer: unknown = await client.audio.transcriptions.create(request, { signal })
      text = (answer as { text?: unknown } | null)?.text
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw toModelError(error, address)
    }
    if (typeof text !== 'string') {
      const advice = 'Check that the model is one for transcriptions, and that the server has /audio/transcriptions.'
      throw new ModelError('model_bad_answer', { ...address, reason: 'it sent no text', advice })
    }
    if (text.trim() === '')
      throw new TranscriptionError('transcription_empty', nodeId, 'nothing was understood in the audio. Say it again.')
    return text.trim()
  }
}

function isAudio(part: ContentPart): part is AudioPart {
  return part.type === 'input_audio'
}

function decoded({ input_audio: { data } }: AudioPart, nodeId: string): Buffer {
  // Browsers' readers put this before it.
  const base64 = data.replace(/^data:[^,]*;base64,/, '')
  if (base64 === '' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64))
    throw new TranscriptionError('transcription_audio', nodeId, 'its audio is empty, or no base64.')
  return Buffer.from(base64, 'base64')
}

/** Parts as one text where they are nothing else. */
function plain(parts: ContentPart[]): UserContent {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === parts.length ? texts.join('\n') : parts
}
