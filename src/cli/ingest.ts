/** `troupe ingest`. */
import { embedderOf } from '../retrieval/embedder.ts'
import { ingestFolder, type IngestProgress, type IngestReport } from '../retrieval/ingest-folder.ts'
import { openIndex } from '../retrieval/open-index.ts'
import { withoutPassword } from './store-option.ts'
import { printable, styleOf } from './style.ts'
import { count, shorten } from './words.ts'

/** Options of the command. */
export interface IngestCommandOptions {
  readonly index: string
  readonly embeddings?: string
  readonly rebuild?: true
}

/** Ingests a folder and prints what was done; the exit code. */
export async function ingest(folder: string, options: IngestCommandOptions): Promise<number> {
  const { index: url, embeddings, rebuild } = options
  const index = openIndex(url, embeddings === undefined ? {} : { embedder: embedderOf(embeddings) })
  const progress = process.stdout.isTTY ? progressBar(process.stdout) : progressLines(process.stdout)
  try {
    if (rebuild) await index.clear()
    const isNew = (await index.embedder()) === undefined
    let report: IngestReport
    try {
      report = await ingestFolder(index, folder, { onProgress: progress.show })
    } finally {
      progress.end()
    }
    const style = styleOf(process.stderr)
    for (const { message } of report.failed) process.stderr.write(`${style.red('error:')} ${printable(message)}\n`)
    const embedder = (await index.embedder()) ?? 'none'
    process.stdout.write(`${summaryOf(report)} (${withoutPassword(url)}, embeddings ${embedder})\n`)
    if (isNew && embeddings === undefined && embedder === 'hashed') {
      const hint = "Embeddings 'hashed' compare spelling, not meaning; --embeddings offers others (see ingest --help)."
      process.stdout.write(`${styleOf(process.stdout).dim(hint)}\n`)
    }
    return report.failed.length > 0 ? 1 : 0
  } finally {
    await index.close()
  }
}

function summaryOf({ added, changed, unchanged, deleted, chunks, failed }: IngestReport): string {
  const parts = Object.entries({ added, changed, unchanged, deleted, failed: failed.length })
    .filter(([, number]) => number > 0)
    .map(([what, number]) => `${number} ${what}`)
  const total = added + changed + unchanged + failed.length
  return `${count(total, 'document')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}; ${count(chunks, 'new chunk')}`
}

interface ProgressView {
  readonly show: (progress: IngestProgress) => void
  readonly end: () => void
}

const barWidth = 24

/** One line that is written over. */
function progressBar(stream: NodeJS.WriteStream): ProgressView {
  const style = styleOf(stream)
  let shown = ''
  return {
    show({ done, total, source }) {
      const filled = Math.round((done / total) * barWidth)
      const bar = `${'█'.repeat(filled)}${style.dim('░'.repeat(barWidth - filled))} ${done}/${total}`
      // A longer line would wrap, and stay when the next is written over it.
      const room = Math.max(0, (stream.columns ?? 80) - barWidth - `${done}/${total}`.length - 4)
      const line = `${bar} ${shorten(printable(source), room)}`
      if (line === shown) return
      shown = line
      stream.write(`\r\u001b[K${line}`)
    },
    end() {
      if (shown !== '') stream.write('\r\u001b[K')
    },
  }
}

/** A line for each tenth, for logs. */
function progressLines(stream: NodeJS.WriteStream): ProgressView {
  let tenths = 0
  return {
    show({ done, total }) {
      const reached = Math.floor((done / total) * 10)
      if (reached === tenths || total < 10) return
      tenths = reached
      stream.write(`${done} of ${total} documents\n`)
    },
    end() {},
  }
}
