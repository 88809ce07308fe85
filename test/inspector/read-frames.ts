/** What a client of the feed gets of a session. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Answers, InspectRecord, MachineView, ServerFrame, SessionState } from '../../src/inspect/protocol.ts'

/** A session as a client sees it. */
export interface SeenSession {
  readonly machine: MachineView
  readonly state: SessionState
  readonly records: readonly InspectRecord[]
}

/** Subscribes to a session, reads its history, and leaves. */
export async function readFrames(url: string, session: string): Promise<SeenSession> {
  const socket = new WebSocket(url)
  const frames: ServerFrame[] = []
  const answered = new Promise<void>((resolve) =>
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data as Buffer)) as ServerFrame
      frames.push(frame)
      if (frame.type === 'ok' && frame.id === 2) resolve()
    }),
  )
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'subscribe', id: 1, session }))
  socket.send(JSON.stringify({ type: 'history', id: 2, session, before: Number.MAX_SAFE_INTEGER }))
  await answered
  socket.close()
  await once(socket, 'close')
  const machine = frames.find((frame) => frame.type === 'machine')
  const subscribed = frames.find((frame) => frame.type === 'subscribed')
  const history = frames.find((frame) => frame.type === 'ok')
  if (!machine || !subscribed || !history)
    throw new Error(`The feed sent ${frames.map(({ type }) => type).join(', ')} only.`)
  return { machine: machine.machine, state: subscribed.state, records: (history.result as Answers['history']).records }
}
