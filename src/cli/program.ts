/** The commands and their options. */
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Durability } from '../session/session-writer.ts'
import type { ChatOptions } from './chat.ts'
import type { GraphFormat } from './describe-agent.ts'
import { addMcpCommand } from './mcp-program.ts'
import { addServeCommand } from './serve-program.ts'
import { addIngestCommand } from './ingest-program.ts'
import { addSessionsCommand, parseSessionId } from './sessions-program.ts'

const fileArgument = [
  '<file>',
  'a .ts or .js file that exports an agent by default, or a folder with an agent.ts',
] as const

/**
 * The program `troupe`; a command that runs sets the exit code of `result`. Each command loads its code when it runs, so
 * that help and errors come at once.
 */
export function makeProgram(result: { exitCode: number }): Command {
  const program = new Command('troupe')
    .description('LLM agents as XState statecharts.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--verbose', 'print errors with their stacks; so does TROUPE_DEBUG=1')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run it with --help to see what there is.')
    .exitOverride()

  program
    .command('chat')
    .description('Talk to an agent. Reads lines from stdin when that is no terminal.')
    .argument(...fileArgument)
    .option('--store <url>', 'keep the session there: sqlite:FILE, redis://… or postgres://…')
    .option('-s, --session <id>', 'the session to continue, or the name of a new one (default: random)', parseSessionId)
    .addOption(
      new Option(
        '--durability <mode>',
        'when steps are stored: before they are seen, meanwhile, or between turns',
      ).choices(['sync', 'async', 'exit'] satisfies Durability[]),
    )
    .addOption(new Option('-q, --quiet', 'print the answers only').conflicts('json'))
    .option('--inspector', 'serve the inspector on this machine; its link is printed (default: on a terminal)')
    .option('--no-inspector', 'without the inspector')
    .option('--json', 'print one JSON event a line: messages, transitions, node states, results')
    .option('--audio <folder>', 'write what an agent with a voice says there, one file a sentence')
    .action(async (file: string, options: ChatOptions, command: Command) => {
      if (options.durability !== undefined && options.store === undefined)
        command.error("error: option '--durability' needs option '--store <url>'")
      const { startChat } = await import('./chat.ts')
      result.exitCode = await startChat(file, options)
    })
    .addHelpText('after', chatNotes)

  program
    .command('check')
    .description('Check the definition of an agent.')
    .argument(...fileArgument)
    .action(async (file: string) => {
      const { printCheck } = await import('./describe-agent.ts')
      await printCheck(file)
    })

  program
    .command('graph')
    .description('Print the nodes and edges of an agent.')
    .argument(...fileArgument)
    .addOption(
      new Option('-f, --format <format>', 'what to print')
        .choices(['json', 'mermaid'] satisfies GraphFormat[])
        .default('json'),
    )
    .action(async (file: string, { format }: { format: GraphFormat }) => {
      const { printGraph } = await import('./describe-agent.ts')
      await printGraph(file, format)
    })

  addServeCommand(program, result)
  addMcpCommand(program, result)
  addIngestCommand(program, result)
  addSessionsCommand(program, result)
  return program
}

const chatNotes = `
Model:
  OPENAI_API_KEY, OPENAI_BASE_URL and TROUPE_MODEL choose the model. Without a
  key and a base URL the offline stand-in answers.

In the chat /help lists the commands.
Exit code: 0, or 1 when a turn failed.`

function readVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
