import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  findPostgres,
  findRedis,
  isMissing,
  postgresService,
  redisService,
  type Service,
} from '../conformance/service.ts'
import { Lane } from './lane.ts'
import { reportFigures } from './report.ts'

const kills = Number(process.env['TROUPE_SERVER_KILLS'] ?? 15)
const redis = findRedis()
const postgres = findPostgres()

describe.skipIf(isMissing('redis', redis))('on Redis (needs redis-server)', () => {
  survivesKills('redis', (folder) => redisService(redis as string, folder))
})

describe.skipIf(isMissing('postgres', postgres))('on PostgreSQL (needs its programs)', () => {
  survivesKills('postgres', (folder) => postgresService(postgres as string, folder))
})

function survivesKills(name: string, makeService: (folder: string) => Promise<Service>): void {
  let folder: string
  let service: Service
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'troupe-server-'))
    service = await makeService(folder)
    await service.start()
  })
  afterAll(async () => {
    await service.kill()
    await rm(folder, { recursive: true })
  })

  test('kills of the process and of the server lose and double nothing', async () => {
    const start = Date.now()
    const lane = new Lane({ seed: 7, url: service.url, effects: join(folder, 'effects'), kills, service })
    await lane.run()
    reportFigures(`kills on ${name}`, { ...lane.figures, seconds: (Date.now() - start) / 1_000 })
    expect(lane.figures.conversations).toBeGreaterThan(0)
  })
}
