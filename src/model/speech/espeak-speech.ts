/** `espeakSpeech`: the voice of eSpeak NG, a program that is installed on the machine. */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { messageOf } from '../../core/errors.ts'
import { AudioBytes, SpeechError, type SpeechSynthesizer } from './speech-synthesizer.ts'
import { speechOfWav } from './wav-speech.ts'

/** Options of {@link espeakSpeech}. */
export interface EspeakSpeechOptions {
  /** The program. Default: `espeak-ng`, looked for in `PATH`. */
  readonly command?: string
  /** One of `espeak-ng --voices`, such as `en-gb` or `de`. Default: `cmn` for a text with Chinese characters, else `en`. */
  readonly voice?: string
  /** Words a minute. Default: the program's, 175. */
  readonly speed?: number
}

const program = 'espeak-ng'
// Of what the program complains about.
const longestComplaint = 500

/**
 * A voice that starts the program for each sentence, with the text as its input and never in a shell; cancelling kills it.
 * Rejects with a SpeechError: `speech_not_installed` where there is no such program.
 */
export function espeakSpeech(options: EspeakSpeechOptions = {}): SpeechSynthesizer {
  const { command = program, speed } = options
  return {
    name: 'espeak',
    synthesize(text, { signal }) {
      const voice = options.voice ?? (/\p{Script=Han}/u.test(text) ? 'cmn' : 'en')
      const flags = ['--stdin', '--stdout', '-v', voice, ...(speed === undefined ? [] : ['-s', String(speed)])]
      return new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const audio = new AudioBytes('espeak')
        let complaint = ''
        let failure: unknown
        const child = spawn(command, flags, { signal, killSignal: 'SIGKILL', stdio: 'pipe', windowsHide: true })
        child.stdout.on('data', (piece: Buffer) => {
          try {
            audio.add(piece)
          } catch (error) {
            failure ??= error
            child.kill('SIGKILL')
          }
        })
        child.stderr.on('data', (piece: Buffer) => {
          complaint = (complaint + piece.toString()).slice(0, longestComplaint)
        })
        // It may end without having read its input.
        child.stdin.on('error', () => {})
        child.on('error', (error) => void (failure ??= error))
        child.on('close', (code) => {
          if (signal.aborted) reject(signal.reason as Error)
          else if (failure instanceof SpeechError) reject(failure)
          else if ((failure as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') reject(notInstalled(command))
          else if (failure !== undefined || code !== 0) {
            const reason = complaint.trim() || (failure === undefined ? `it ended with ${code}` : messageOf(failure))
            reject(new SpeechError('speech_failed', 'espeak', `could not speak: ${reason}.`, { cause: failure }))
          } else {
            try {
              resolve(speechOfWav('espeak', audio.whole()))
            } catch (error) {
              reject(error as Error)
            }
          }
        })
        child.stdin.end(text)
      })
    },
  }
}

function notInstalled(command: string): SpeechError {
  const reason = `needs the program '${command}', which is not in PATH. Install it (Debian: apt install espeak-ng), or use fliteSpeech or openaiSpeech.`
  return new SpeechError('speech_not_installed', 'espeak', reason)
}

/** Whether eSpeak NG is installed, by a look at `PATH`. */
export async function isEspeakInstalled(path = process.env['PATH'] ?? ''): Promise<boolean> {
  const name = process.platform === 'win32' ? `${program}.exe` : program
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue
    try {
      await access(join(folder, name), constants.X_OK)
      return true
    } catch {
      // Not there.
    }
  }
  return false
}
