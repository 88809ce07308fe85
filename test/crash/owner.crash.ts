import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inspect } from './conversation.ts'
import { checkLog } from './invariants.ts'
import { Life } from './life.ts'

const open = { op: 'open', session: 's', agent: 'assistant' } as const

test('sessions of a file have one process: the next is refused while it lives, stopped or not, and not once it is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-owner-'))
  const start = { op: 'start', url: `sqlite:${join(folder, 'x.db')}`, effects: join(folder, 'effects') } as const
  const [first, second] = [new Life(), new Life()]
  await first.ask(start)
  await first.ask(open)
  expect((await first.send('s', 'a', 'What is 2*3?').result).text).toContain('6')
  await expect(second.ask(start)).rejects.toMatchObject({ code: 'store_owned' })

  first.kill('SIGSTOP')
  await expect(second.ask(start)).rejects.toMatchObject({ code: 'store_owned' })
  first.kill('SIGCONT')
  expect((await first.send('s', 'b', 'What is 4*5?').result).text).toContain('20')

  first.kill('SIGSTOP')
  first.kill()
  await first.ended
  await second.ask(start)
  await second.ask(open)
  expect((await second.send('s', 'b', 'What is 4*5?').result).text).toContain('20')
  checkLog(await inspect(second, 's'))
  await second.ask({ op: 'end' })
  expect(await second.ended).toBe(0)
  await rm(folder, { recursive: true })
})
