/** The command `serve` and its options. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { ServeFlags } from './serve-config.ts'

/** Adds `serve`. */
export function addServeCommand(program: Command, result: { exitCode: number }): void {
  program
    .command('serve')
    .description('Serve agents over HTTP: sessions, messages, streams, the inspector.')
    .argument('<path>', 'a folder of agents (files, or folders with an agent.ts), or one agent')
    .option('-p, --port <number>', 'where to listen (default: 4100; 0 is any that is free)', parsePort)
    .option('--host <address>', 'at which address (default: 127.0.0.1; others need TROUPE_API_KEYS)')
    .option(
      '--store <url>',
      'where sessions are kept: sqlite:FILE, redis://…, postgres://…, memory: (default: sqlite:troupe.db)',
    )
    .option('--allow-host <name>', 'a host name that it answers for, beside localhost; may be repeated', collect)
    .option(
      '--allow-origin <origin>',
      'an origin whose pages may use it, such as https://app.example.com; may be repeated',
      collect,
    )
    .addOption(
      new Option('--log-level <level>', 'what is logged on stderr, as JSON (default: info)').choices([
        'silent',
        'error',
        'warn',
        'info',
        'debug',
      ]),
    )
    .option('--no-inspector', 'without the inspector (its page, its feed)')
    .option('--config <file>', 'a file of options (default: troupe.config.json, where there is one)')
    .action(async (path: string, flags: ServeFlags) => {
      const { startServer } = await import('./serve.ts')
      result.exitCode = await startServer(path, flags)
    })
    .addHelpText('after', notes)
}

const notes = `
Environment:
  TROUPE_PORT, TROUPE_HOST, TROUPE_STORE, TROUPE_LOG_LEVEL
  TROUPE_API_KEYS         tenant:key,tenant:key; each sees its own sessions only
  TROUPE_ALLOWED_HOSTS, TROUPE_ALLOWED_ORIGINS   separated by commas
Flags go before the environment, that goes before the file.

docs/http.md describes the routes; GET /openapi.json does for programs.`

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('Use a number from 0 to 65535.')
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
