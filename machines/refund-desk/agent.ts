import { llmNode, memoryNode, setupAgent, toolNode, z } from 'troupe'
import { memoryLedger, type Ledger } from './ledger.ts'
import { refundTools } from './tools.ts'

/** A desk that refunds what a person has approved; refunds go to the ledger. */
export function refundDesk(ledger: Ledger) {
  const tools = refundTools(ledger)
  const chart = setupAgent({
    id: 'refund_desk',
    version: 1,
    nodes: {
      memory: memoryNode({ window: 40 }),
      llm: llmNode({
        system:
          'You work at the refund desk of a shop. Be brief. Look an order up before you talk about it. A call of refund waits for a person; when it was rejected, tell the customer why.',
        tools,
      }),
      tools: toolNode({ tools }),
    },
    inputs: {
      approve: z.object({ callId: z.string() }),
      reject: z.object({ callId: z.string(), reason: z.string() }),
    },
    delays: { approvalTimeout: 3_600_000 },
  })

  return chart.createAgent({
    initial: 'chatting',
    // Here, not in a state: a message that comes while a refund waits is answered like any other.
    on: {
      'input.user_input': { actions: chart.deliver('memory') },
      'memory.memory_ready': { actions: chart.deliver('llm') },
      'llm.tool_call': [
        // Enters the state anew when something waits already, so that each refund waits for an hour at least.
        { guard: chart.calls('refund'), target: '.awaitingApproval', actions: chart.hold('tools', 'refund') },
        { actions: chart.deliver('tools') },
      ],
      'tools.tool_result': { actions: chart.deliver('llm') },
      'llm.llm_chunk': { actions: chart.deliver('output') },
      'llm.llm_result': { actions: chart.deliver('output') },
    },
    states: {
      chatting: {},
      awaitingApproval: {
        on: {
          'input.approve': { guard: chart.holding('tools'), actions: chart.release('tools') },
          'input.reject': { guard: chart.holding('tools'), actions: chart.reject('tools') },
          // What is decided runs at once; the state is left with the first result after which nothing waits.
          'tools.tool_result': [
            { guard: chart.holding('tools'), actions: chart.deliver('llm') },
            { target: 'chatting', actions: chart.deliver('llm') },
          ],
          // Of a turn that was cancelled or failed nothing is left to be approved.
          'turn.ended': [{ guard: chart.holding('tools') }, { target: 'chatting' }],
        },
        after: { approvalTimeout: 'expired' },
      },
      expired: {
        entry: chart.reject('tools', 'Nobody approved the refund within an hour. Offer to ask again.'),
        always: 'chatting',
      },
    },
  })
}

export default refundDesk(memoryLedger())
