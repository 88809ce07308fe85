/** Adds the matchers to Vitest, as a user does. */
import { expect } from 'vitest'
import { troupeMatchers, type TroupeMatchers } from 'troupe/testing'

declare module 'vitest' {
  interface Matchers<T> extends TroupeMatchers {}
}

expect.extend(troupeMatchers)
