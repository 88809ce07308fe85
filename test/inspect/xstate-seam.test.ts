/** The inspector stands on one thing of XState that is not public. When this fails, XState has changed it. */
import { expect, test } from 'vitest'
import { createActor, setup } from 'xstate'

const remedy =
  'XState no longer hands its transitions to `system._sendInspectionEvent`: records of the inspector have no `fired` ' +
  'until `attach` in src/inspect/session-watch.ts takes them from where XState gives them now.'

test('XState gives the transitions that it takes to `_sendInspectionEvent` of its system, also when nobody inspects', () => {
  const machine = setup({}).createMachine({ initial: 'here', states: { here: { on: { go: 'there' } }, there: {} } })
  const actor = createActor(machine)
  const system = actor.system as unknown as { _sendInspectionEvent?: (note: Record<string, unknown>) => void }
  expect(typeof system._sendInspectionEvent, remedy).toBe('function')
  const notes: Record<string, unknown>[] = []
  system._sendInspectionEvent = (note) => void notes.push(note)
  actor.start()
  actor.send({ type: 'go' })
  const taken = notes.flatMap(({ actorRef, _transitions }) => (actorRef === actor ? (_transitions ?? []) : []))
  expect(taken, remedy).toMatchObject([{ source: { id: '(machine).here' }, eventType: 'go', actions: [] }])
  actor.stop()
})
