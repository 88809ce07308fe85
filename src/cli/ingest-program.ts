/** The command `ingest` and its options. */
import type { Command } from 'commander'
import type { IngestCommandOptions } from './ingest.ts'

/** Adds `ingest`. */
export function addIngestCommand(program: Command, result: { exitCode: number }): void {
  program
    .command('ingest')
    .description('Bring an index of documents up to date with a folder.')
    .argument('<folder>', 'Markdown, text, HTML and PDF files, also in folders below')
    .option('--index <url>', 'where the index is: sqlite:FILE or postgres://…', 'sqlite:troupe.db')
    .option(
      '--embeddings <name>',
      'openai:MODEL, energetic, hashed or none (default: what the index was made with, else hashed)',
    )
    .option('--rebuild', 'delete the whole index first, such as for other embeddings')
    .action(async (folder: string, options: IngestCommandOptions) => {
      const { ingest } = await import('./ingest.ts')
      result.exitCode = await ingest(folder, options)
    })
    .addHelpText('after', notes)
}

const notes = `
Embeddings:
  openai:MODEL  a server at OPENAI_BASE_URL, or OpenAI with OPENAI_API_KEY
  energetic     offline, English; needs three npm packages, the error names them
  hashed        spelling only, no meaning; needs nothing
  none          keywords only

What is unchanged costs nothing; what was deleted leaves the index. Interrupted,
the next run goes on. It also works while a process serves sessions from the file.
Exit code: 0, or 1 when a document could not be read.`
