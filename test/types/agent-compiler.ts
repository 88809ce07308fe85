/** Runs the real compiler on sources that tests make up. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What the compiler said. */
export interface Compilation {
  /** Its messages by the name of the source, each on one line; messages of no source are under ''. */
  readonly messages: ReadonlyMap<string, string[]>
  /** Figures of `--extendedDiagnostics`, such as `Instantiations`; times are in seconds. */
  readonly figures: ReadonlyMap<string, number>
  /** The declarations that it emitted, by name. */
  readonly declarations: ReadonlyMap<string, string>
}

/**
 * Compiles sources by name, in one run of the compiler with the options of this repository. They stand in a folder that
 * git ignores, so that they find the packages; from there the repository is `../../`.
 */
export async function compile(sources: ReadonlyMap<string, string>, options: object = {}): Promise<Compilation> {
  await mkdir(join(root, '.troupe'), { recursive: true })
  const folder = await mkdtemp(join(root, '.troupe', 'types-'))
  try {
    const config = { extends: '../../tsconfig.json', compilerOptions: options, include: ['*.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    await Promise.all([...sources].map(([name, text]) => writeFile(join(folder, `${name}.ts`), text)))
    const output = await runCompiler(folder)
    return { ...readOutput(output), declarations: await readDeclarations(folder) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function runCompiler(folder: string): Promise<string> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  // Several checkers do some of the work twice, depending on which gets which file: figures would vary.
  const options = [
    '-p',
    folder,
    '--singleThreaded',
    '--extendedDiagnostics',
    '--pretty',
    'false',
    '--noErrorTruncation',
  ]
  return new Promise((resolve, reject) => {
    // The exit status is that of a compilation with errors, which is what most tests want; only a failed start is one.
    execFile(process.execPath, [compiler, ...options], { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error && stdout === '' ? reject(new Error(stderr || error.message)) : resolve(stdout),
    )
  })
}

function readOutput(output: string): Pick<Compilation, 'messages' | 'figures'> {
  const messages = new Map<string, string[]>()
  const figures = new Map<string, number>()
  let current: string[] | undefined
  for (const line of output.split('\n')) {
    const [, path, text] = /^(?:(\S+)\(\d+,\d+\): )?error (TS\d+: .*)$/.exec(line) ?? []
    const [, figure, value] = /^([A-Z][\w /]+):\s+([\d.]+)[sK]?$/.exec(line) ?? []
    if (text !== undefined) {
      const name = path?.replace(/^.*\//, '').replace(/\.ts$/, '') ?? ''
      current = messages.get(name) ?? []
      messages.set(name, current)
      current.push(text)
    } else if (line.startsWith(' ') && current) {
      current.push(`${current.pop()} ${line.trim()}`)
    } else if (figure !== undefined) {
      figures.set(figure, Number(value))
    }
  }
  return { messages, figures }
}

async function readDeclarations(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.d.ts'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return new Map(names.map((name, index) => [name.replace(/^.*\//, '').replace(/\.d\.ts$/, ''), texts[index] ?? '']))
}
