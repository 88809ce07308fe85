/**
 * What an index of documents costs: a thousand documents ingested, ingested again unchanged, and searched at ten thousand
 * chunks. Prints JSON lines; times depend on the machine, bytes do not.
 */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashedEmbedder, ingestFolder, openIndex, type SearchMode } from 'troupe'

const documents = 1_000
const sections = 10
const wordsOfSection = 60
const queries = 300

// A vocabulary whose words are as unevenly used as those of a language; always the same.
const vocabulary = Array.from({ length: 5_000 }, (_, place) => `w${((place * 7_919) % 100_003).toString(36)}`)
let seed = 1
const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff
const word = (): string => vocabulary[Math.floor(random() ** 3 * vocabulary.length)] as string
const sentence = (length: number): string => Array.from({ length }, word).join(' ')

const print = (measured: object): void => void process.stdout.write(`${JSON.stringify(measured)}\n`)
const round = (value: number): number => Math.round(value * 100) / 100

const folder = await mkdtemp(join(tmpdir(), 'troupe-retrieval-'))
try {
  const source = join(folder, 'documents')
  await mkdir(source)
  let bytes = 0
  for (let number = 0; number < documents; number++) {
    const parts = Array.from({ length: sections }, (_, place) => `## Part ${place}\n\n${sentence(wordsOfSection)}.\n`)
    const text = `# Document ${number}\n\n${parts.join('\n')}`
    bytes += Buffer.byteLength(text)
    await writeFile(join(source, `document-${number}.md`), text)
  }

  const index = openIndex(`sqlite:${join(folder, 'index.db')}`, { embedder: hashedEmbedder() })
  const ingest = async (what: string): Promise<void> => {
    const start = performance.now()
    const before = process.cpuUsage()
    const report = await ingestFolder(index, source)
    const { user, system } = process.cpuUsage(before)
    const milliseconds = Math.round(performance.now() - start)
    print({ what, milliseconds, cpu: Math.round((user + system) / 1000), ...report })
  }
  await ingest('ingest')
  await ingest('ingest again, unchanged')
  const files = await readdir(folder)
  const sizes = await Promise.all(
    files.filter((name) => name.startsWith('index.db')).map(async (name) => (await stat(join(folder, name))).size),
  )
  print({
    what: 'size',
    documentBytes: bytes,
    indexBytes: sizes.reduce((sum, size) => sum + size, 0),
    residentBytes: process.memoryUsage().rss,
  })

  const { chunks } = await index.size()
  for (const mode of ['keyword', 'vector', 'hybrid'] satisfies SearchMode[]) {
    const times: number[] = []
    const before = process.cpuUsage()
    for (let query = 0; query < queries; query++) {
      const text = sentence(8)
      const start = performance.now()
      await index.search(text, { limit: 4, mode })
      times.push(performance.now() - start)
    }
    const { user, system } = process.cpuUsage(before)
    // The first reads the vectors.
    const [first = 0, ...rest] = times
    rest.sort((a, b) => a - b)
    const at = (share: number): number => round(rest[Math.floor(rest.length * share)] ?? 0)
    print({
      what: `search, ${mode}`,
      chunks,
      first: round(first),
      p50: at(0.5),
      p95: at(0.95),
      cpu: round((user + system) / 1000 / queries),
    })
  }
  await index.close()
} finally {
  await rm(folder, { recursive: true })
}
