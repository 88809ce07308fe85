import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openAssistant } from './stage.ts'

pageTest('a server that wants a token is not asked for ever, and the page says what to do', async () => {
  const stage = await stageForTest()
  // In front of the stage: has its page, and refuses everybody the feed.
  const guard = createServer((request, response) => {
    if (request.url?.startsWith('/inspect?') || request.url === '/inspect') response.writeHead(401).end()
    else
      void fetch(new URL(request.url ?? '/', stage.url)).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        response.end(Buffer.from(await answer.arrayBuffer()))
      })
  })
  guard.on('upgrade', (_, socket) => socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'))
  await new Promise<void>((resolve) => guard.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => guard.close(() => resolve())))
  const { port } = guard.address() as AddressInfo
  const { page } = await openPage(stage, { url: `http://127.0.0.1:${port}/inspector/` })
  await page.locator('.connection-bar', { hasText: 'The token is missing or wrong' }).waitFor()
})

pageTest('a token in the link is sent to the feed and does not stay in the address', async () => {
  const stage = await stageForTest()
  const session = await openAssistant(stage)
  const { page } = await openPage(stage, { url: `${stage.url}#token=secret` })
  await page.locator('.session-row', { hasText: session.id }).waitFor()
  expect(page.url()).toBe(`${stage.url}`)
  const socket = page.waitForEvent('websocket')
  await page.reload()
  expect(new URL((await socket).url()).searchParams.get('token')).toBe('secret')
})

pageTest('a session that is not there is named, with a way back', async () => {
  const stage = await stageForTest()
  const { page } = await openPage(stage, { session: 'nobody' })
  await page.locator('.notice', { hasText: 'nobody cannot be shown' }).waitFor()
  await page.getByRole('button', { name: 'Back to the list' }).click()
  await page.locator('.notice', { hasText: 'No sessions yet' }).first().waitFor()
})
