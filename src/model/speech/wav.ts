/** WAV files of 16-bit samples: read as voices write them, written as players want them. */

/** The samples of a WAV file. */
export interface WavAudio {
  /** Samples a second, of each channel. */
  readonly rate: number
  readonly channels: number
  readonly bitsPerSample: number
  readonly samples: Uint8Array
  readonly seconds: number
}

/**
 * Reads a WAV file; undefined when it is none, or has samples that are no plain numbers. Sizes in a header are heeded as
 * far as there are bytes: a program that writes to a pipe cannot know them.
 */
export function readWav(bytes: Uint8Array): WavAudio | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.byteLength < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') return undefined
  let format: { rate: number; channels: number; bitsPerSample: number } | undefined
  for (let at = 12; at + 8 <= bytes.byteLength;) {
    const start = at + 8
    const size = view.getUint32(at + 4, true)
    const end = Math.min(bytes.byteLength, start + size)
    if (name(at) === 'fmt ' && end - start >= 16) {
      // 1 is plain samples; 0xfffe says more in a part that is of no interest here.
      if (![1, 0xfffe].includes(view.getUint16(start, true))) return undefined
      format = {
        channels: view.getUint16(start + 2, true),
        rate: view.getUint32(start + 4, true),
        bitsPerSample: view.getUint16(start + 14, true),
      }
    }
    if (name(at) === 'data') {
      const frame = format ? (format.channels * format.bitsPerSample) / 8 : 0
      if (!format || frame === 0 || format.rate === 0) return undefined
      const samples = bytes.subarray(start, end - ((end - start) % frame))
      return { ...format, samples, seconds: samples.byteLength / frame / format.rate }
    }
    at = start + size + (size % 2)
  }
  return undefined
}

/** Writes a WAV file. */
export function writeWav({ rate, channels, bitsPerSample, samples }: Omit<WavAudio, 'seconds'>): Uint8Array {
  const file = Buffer.alloc(44 + samples.byteLength)
  const frame = (channels * bitsPerSample) / 8
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + samples.byteLength, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(channels, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * frame, 28)
  file.writeUInt16LE(frame, 32)
  file.writeUInt16LE(bitsPerSample, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(samples.byteLength, 40)
  file.set(samples, 44)
  return file
}
