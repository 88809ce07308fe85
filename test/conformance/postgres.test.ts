import { describe } from 'vitest'
import { testServer } from './outage.ts'
import { findPostgres, isMissing, postgresService } from './service.ts'

const programs = findPostgres()

describe.skipIf(isMissing('postgres', programs))('on PostgreSQL (needs its programs)', () => {
  testServer('a store', (folder) => postgresService(programs as string, folder))
})
