/** Real servers for tests: each on a free port of the loopback interface, with a data folder of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
// @ts-expect-error The package has no types of its own.
import untyped from 'pg'

interface PostgresClient {
  connect(): Promise<void>
  end(): Promise<void>
  on(event: 'error', listener: () => void): void
}
const pg = untyped as { Client: new (options: { connectionString: string }) => PostgresClient }

/** A server that a test starts, kills and starts again, on the same port and data. */
export interface Service {
  readonly url: string
  start(): Promise<void>
  /** Kills it as a crash would. */
  kill(): Promise<void>
  /** Stops it without ending it: it answers nothing. */
  pause(): void
  resume(): void
}

/** Whether to leave a suite out for lack of `binary`; with TROUPE_REQUIRE=<name> that is a failure instead. */
export function isMissing(name: string, binary: string | undefined): boolean {
  if (binary !== undefined) return false
  if ((process.env['TROUPE_REQUIRE'] ?? '').split(',').includes(name))
    throw new Error(`TROUPE_REQUIRE names ${name}, which is not installed.`)
  return true
}

/** Path of redis-server, if it is installed. */
export function findRedis(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => `${folder}/redis-server`)
    .find((path) => existsSync(path))
}

/** Folder of PostgreSQL's programs, if it is installed: of the newest version that Debian has, or where PATH says. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => `${debian}/${version}/bin`), ...(process.env['PATH'] ?? '').split(':')]
  return folders.find((folder) => existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`))
}

/** A Redis that syncs every write. */
export async function redisService(binary: string, folder: string): Promise<Service> {
  const port = await freePort()
  const persistence = ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
  return service(`redis://127.0.0.1:${port}`, port, () =>
    spawn(binary, ['--port', `${port}`, '--bind', '127.0.0.1', ...persistence], { stdio: 'ignore' }),
  )
}

/** A PostgreSQL. As it refuses to run as root, it then runs as the user postgres. */
export async function postgresService(programs: string, folder: string): Promise<Service> {
  const port = await freePort()
  const data = `${folder}/data`
  const owner: User = process.getuid?.() === 0 ? userOf('postgres') : {}
  mkdirSync(data, { mode: 0o700 })
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chmodSync(folder, 0o755)
    chownSync(data, owner.uid, owner.gid)
  }
  const options = ['-D', data, '-U', 'troupe', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const made = spawnSync(`${programs}/initdb`, options, { ...owner, cwd: data, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ''}${made.stdout}${made.stderr}`)
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
  return service(`postgres://troupe@127.0.0.1:${port}/postgres`, port, () =>
    spawn(`${programs}/postgres`, ['-D', data, '-p', `${port}`, ...settings], {
      ...owner,
      cwd: data,
      stdio: 'ignore',
    }),
  )
}

function service(url: string, port: number, launch: () => ChildProcess): Service {
  let child: ChildProcess | undefined
  const signal = (name: NodeJS.Signals): void => {
    if (child?.pid === undefined) return
    // Postgres answers with a process for each connection; those end by themselves when the first one is killed.
    const children = name === 'SIGKILL' ? '' : readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    for (const pid of [child.pid, ...children.split(' ').filter(Boolean).map(Number)]) process.kill(pid, name)
  }
  return {
    url,
    async start() {
      child = launch()
      let ended: string | undefined
      child.once('exit', (code, by) => (ended = `${code ?? by}`))
      while (!(await answers(url, port))) {
        if (ended !== undefined) throw new Error(`The server at ${url} ended with ${ended}.`)
      }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      signal('SIGKILL')
      await exit
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  }
}

/** Whether the server takes connections and does its work: one that is starting up only answers. */
async function answers(url: string, port: number): Promise<boolean> {
  if (url.startsWith('redis')) return answersPing(port)
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (up: boolean): void => {
      socket.destroy()
      resolve(up)
    }
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', () => end(true))
    socket.once('close', () => end(false))
    socket.once('error', () => end(false))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface User {
  readonly uid?: number
  readonly gid?: number
}

function userOf(name: string): Required<User> {
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout)
  return { uid: idOf('-u'), gid: idOf('-g') }
}
