/** `--audio`: what an agent says, as files. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TroupeError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { AudioData, PlaybackData } from '../core/payloads.ts'
import type { Session } from '../session/session.ts'

/**
 * Makes the folder that is written to.
 * @throws TroupeError `audio_folder` when it cannot be one.
 */
export async function makeAudioFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    const reason = `Cannot write what is said to '${folder}': ${messageOf(error)}. Name a folder, which need not be there.`
    throw new TroupeError('audio_folder', reason, { cause: error })
  }
}

/** Writes the audio of a session to a folder, one file a sentence: `0.1-0.wav` is the first of turn 0.1. */
export class AudioFiles {
  readonly #folder: string
  readonly #session: Session
  readonly #tell: (line: string, isFault: boolean) => void
  #writing: Promise<unknown> = Promise.resolve()
  /** The newest sentence that was written and not acknowledged. */
  #newest: number | undefined

  /** `folder` has to be there. `tell` gets a line for each file, and for what could not be written. */
  constructor(folder: string, session: Session, tell: (line: string, isFault: boolean) => void) {
    this.#folder = folder
    this.#session = session
    this.#tell = tell
    session.on('output', (event) => {
      if (event.type === 'audio' && event.transient) this.#write(event as unknown as AgentEvent<AudioData>)
    })
  }

  /**
   * Resolves when all that is being spoken is written, with what the agent is to be told of it: a file is played to its
   * end. Undefined when there is nothing to tell, or it takes no signal `playback`.
   */
  async complete(): Promise<PlaybackData | undefined> {
    while (this.#isSpeaking()) await new Promise<void>((resolve) => this.#onStates(resolve))
    await this.#writing
    const index = this.#newest
    this.#newest = undefined
    const takes = this.#session.agent.inputs['playback']
    return index !== undefined && takes?.safeParse({ index }).success ? { index } : undefined
  }

  #onStates(resolve: () => void): void {
    const off = this.#session.on('states', () => {
      off()
      resolve()
    })
  }

  #isSpeaking(): boolean {
    if (this.#session.stopped) return false
    const states = this.#session.nodeStates()
    return Object.entries(this.#session.agent.nodes).some(
      ([id, { background, emits }]) => background && 'audio' in emits && states[id]?.status === 'running',
    )
  }

  #write({ data, traceId }: AgentEvent<AudioData>): void {
    const { index, format, seconds, text } = data
    const file = join(this.#folder, `${traceId.slice(traceId.lastIndexOf('/') + 1)}-${index}.${format}`)
    this.#newest = index
    this.#writing = this.#writing.then(async () => {
      try {
        await writeFile(file, Buffer.from(data.data, 'base64'))
        this.#tell(`${file} (${seconds.toFixed(1)} s): ${text}`, false)
      } catch (error) {
        this.#tell(`${file} could not be written: ${messageOf(error)}`, true)
      }
    })
  }
}
