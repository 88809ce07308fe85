import { concurrentSessions } from './concurrent-sessions.ts'
import { longConversation } from './long-conversation.ts'
import { opening } from './opening.ts'
import { storedToolLoop } from './stored-tool-loop.ts'
import { streaming } from './streaming.ts'
import { toolLoop } from './tool-loop.ts'
import type { Workload } from './workload.ts'

/** All workloads, under the names that they have in the peer benchmarks. */
export const workloads: Readonly<Record<string, Workload>> = {
  W1: toolLoop,
  W3: storedToolLoop,
  W4: longConversation,
  W6: concurrentSessions,
  W7: streaming,
  W8: opening,
}
