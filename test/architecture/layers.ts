import type { Dependency, SourceFiles } from './source.ts'
import { readDependencies } from './source.ts'

/** The layers of src, lowest first. */
export const LAYERS = [
  'core',
  'store',
  'actor',
  'agent',
  'session',
  'model',
  'retrieval',
  'nodes',
  'inspect',
  'testing',
  'pool',
  'server',
  'cli',
] as const

const ENTRY = 'src/index.ts'
/** The entry may export what is in this layer and below; nothing in src imports the entry. */
const HIGHEST_EXPORTED_LAYER = rankOf('pool')

/** Faults: imports of a higher layer, or of a file that does not exist. */
export function findLayerFaults(files: SourceFiles): string[] {
  const { dependencies, faults } = readDependencies(files)
  for (const { from, to, line } of dependencies) {
    if (from === to) faults.push(`${from}:${line} imports itself`)
    else if (to === ENTRY) faults.push(`${from}:${line} imports the entry ${ENTRY}; import from the layer instead`)
    else if (!to.startsWith('src/')) faults.push(`${from}:${line} imports ${to}, which is outside src`)
    else if (rankOfFile(to) > rankOfFile(from)) {
      faults.push(`${from}:${line} imports ${to}; ${layerOf(to)} is above ${layerOf(from)}`)
    }
  }
  return faults
}

/** Faults: files that import each other in a circle, by value or by type; one for each first circle met. */
export function findCycleFaults(files: SourceFiles): string[] {
  const { dependencies } = readDependencies(files)
  const faults: string[] = []
  const done = new Set<string>()
  const path: Dependency[] = []

  const visit = (file: string): void => {
    for (const dependency of dependencies.filter(({ from }) => from === file)) {
      const start = path.findIndex(({ from }) => from === dependency.to)
      path.push(dependency)
      if (dependency.to === file) faults.push(`cycle: ${describe([dependency])}`)
      else if (start >= 0) faults.push(`cycle: ${describe(path.slice(start))}`)
      else if (!done.has(dependency.to)) visit(dependency.to)
      path.pop()
    }
    done.add(file)
  }
  for (const file of files.keys()) {
    if (!done.has(file)) visit(file)
  }
  return faults
}

/** Faults: files and folders directly in src that are no layer. */
export function findUnknownLayerFaults(files: SourceFiles): string[] {
  const faults = new Set<string>()
  for (const file of files.keys()) {
    if (file !== ENTRY && rankOf(layerOf(file)) < 0) faults.add(`${file}:1 is in no known layer: ${LAYERS.join(', ')}`)
  }
  return [...faults]
}

function describe(cycle: readonly Dependency[]): string {
  return [...cycle.map(({ from, line }) => `${from}:${line}`), cycle.at(-1)?.to].join(' -> ')
}

function layerOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.ts$/, '')
}

function rankOf(layer: string): number {
  return (LAYERS as readonly string[]).indexOf(layer)
}

function rankOfFile(file: string): number {
  return file === ENTRY ? HIGHEST_EXPORTED_LAYER : rankOf(layerOf(file))
}
