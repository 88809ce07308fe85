import { expect, test } from 'vitest'
import { readWav, writeWav } from '../../../src/model/speech/wav.ts'

const samples = Uint8Array.from({ length: 3_200 }, (_, index) => index % 251)
const file = Buffer.from(writeWav({ rate: 16_000, channels: 1, bitsPerSample: 16, samples }))

test('what is written is read again', () => {
  expect(readWav(file)).toEqual({
    rate: 16_000,
    channels: 1,
    bitsPerSample: 16,
    samples: Buffer.from(samples),
    seconds: 0.1,
  })
})

test('sizes of a program that wrote to a pipe, other parts and half a sample are no obstacle', () => {
  const piped = Buffer.concat([
    file.subarray(0, 36),
    Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1'),
    file.subarray(36),
    Buffer.from([7]),
  ])
  piped.writeUInt32LE(0x7fff_ffff, 4)
  piped.writeUInt32LE(0xffff_ffff, piped.indexOf('data') + 4)
  expect(readWav(piped)).toMatchObject({ rate: 16_000, samples: Buffer.from(samples), seconds: 0.1 })
})

test('what is no WAV file of plain samples is told', () => {
  const compressed = Buffer.from(file)
  compressed.writeUInt16LE(0x55, 20)
  const silent = Buffer.from(file)
  silent.writeUInt32LE(0, 24)
  for (const bytes of [Buffer.alloc(0), Buffer.from('ID3 and so on'), file.subarray(0, 30), compressed, silent])
    expect(readWav(bytes)).toBeUndefined()
})
