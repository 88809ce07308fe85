import { describe } from 'vitest'
import { testServer } from './outage.ts'
import { findRedis, isMissing, redisService } from './service.ts'

const binary = findRedis()

describe.skipIf(isMissing('redis', binary))('on Redis (needs redis-server)', () => {
  testServer('a store', (folder) => redisService(binary as string, folder))
})
