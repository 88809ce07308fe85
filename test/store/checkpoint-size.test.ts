import { expect, test } from 'vitest'
import { sizeByPath } from '../../src/store/checkpoint-size.ts'
import { CheckpointTooLargeError } from '../../src/store/errors.ts'
import { memoryStore } from '../../src/store/memory-store.ts'

test('sizes are those of the JSON text in bytes, largest first', () => {
  const value = { a: 'ü'.repeat(10), b: [1, { c: 'x'.repeat(50) }], d: undefined }
  const sizes = sizeByPath(value)
  expect(sizes[0]).toEqual({ path: '$', size: Buffer.byteLength(JSON.stringify(value)) })
  expect(sizes.map(({ path }) => path)).toEqual(['$', '$.b', '$.b[1]', '$.b[1].c', '$.a', '$.b[0]'])
  expect(sizeByPath(value, { depth: 1 }).map(({ path }) => path)).toEqual(['$', '$.b', '$.a'])
  expect(sizeByPath(value, { limit: 2 })).toHaveLength(2)
})

test('the error names the innermost value that holds most of it', async () => {
  const store = memoryStore({ maxCheckpointBytes: 1_000 })
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, 'x'.repeat(20)]))
  const error: unknown = await store.checkpoints
    .save('a', JSON.stringify({ small: 1, snapshot: { context: many } }))
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(CheckpointTooLargeError)
  expect(error).toMatchObject({ sessionId: 'a', path: '$.snapshot.context' })
  expect((error as Error).message).toContain('maxCheckpointBytes')
})

test('the ceiling counts bytes, not characters', async () => {
  const store = memoryStore({ maxCheckpointBytes: 100 })
  await store.checkpoints.save('a', JSON.stringify('x'.repeat(98)))
  await expect(store.checkpoints.save('a', JSON.stringify('x'.repeat(99)))).rejects.toThrow(CheckpointTooLargeError)
  await expect(store.checkpoints.save('a', JSON.stringify('ü'.repeat(50)))).rejects.toThrow(CheckpointTooLargeError)
})
