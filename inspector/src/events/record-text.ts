/** A record in words, for rows. */
import type { EventRecord, InspectRecord } from '../../../src/inspect/protocol.ts'
import { durationText, previewOf } from '../parts/words.ts'
import { stateText } from '../statechart/active-states.ts'

/** What it is about: the event's type, `model gpt-4o`, `turn completed`. */
export function recordSubject(record: InspectRecord): string {
  switch (record.kind) {
    case 'event':
      return record.type
    case 'chunks':
      return record.count === 1 ? record.type : `${record.type} ×${record.count}`
    case 'job':
      return `handled ${record.event.type}`
    case 'turn':
      return `turn ${record.status}`
    case 'model':
      return `model ${record.model}`
    case 'life':
      return `session ${record.status}`
  }
}

/** Where it came from and went, or whose it is. */
export function recordPath(record: InspectRecord): string {
  switch (record.kind) {
    case 'event':
      return `${record.from} → ${record.dropped ? 'nobody' : record.to.length === 0 ? '·' : record.to.join(', ')}`
    case 'chunks':
      return record.from
    case 'job':
    case 'model':
      return record.node
    case 'turn':
    case 'life':
      return ''
  }
}

/** What happened, in one line. */
export function recordText(record: InspectRecord): string {
  switch (record.kind) {
    case 'event':
      return [eventChange(record), previewOf(record.data)].filter((part) => part !== '').join('  ')
    case 'chunks':
      return previewOf(record.text === '' ? record.last : record.text)
    case 'job':
      return jobText(record)
    case 'turn':
      return record.error ? record.error.message : previewOf(record.text ?? '')
    case 'model': {
      const tokens = record.usage ? `, ${record.usage.inputTokens} → ${record.usage.outputTokens} tokens` : ''
      const outcome = record.error
        ? record.error.message
        : `${record.status ?? 'no answer'} ${record.finishReason ?? ''}`
      return `${durationText(record.time - record.startedAt)}${tokens}, ${outcome}`
    }
    case 'life':
      return record.error?.message ?? ''
  }
}

/** True for what a person looks for first. */
export function isFault(record: InspectRecord): boolean {
  return ('error' in record && record.error !== undefined) || (record.kind === 'event' && record.dropped === true)
}

function eventChange({ states, error, dropped }: EventRecord): string {
  if (error) return error.message
  if (dropped) return 'nothing handled it'
  return states ? `${stateText(states[0])} → ${stateText(states[1])}` : ''
}

function jobText(record: Extract<InspectRecord, { kind: 'job' }>): string {
  const { startedAt, time, status, emits, error, attempt } = record
  const parts = [durationText(time - startedAt)]
  if (attempt > 1) parts.push(`attempt ${attempt}`)
  if (status !== 'completed') parts.push(status)
  if (error) parts.push(error.message)
  else if (emits.length > 0) parts.push(`emits ${emits.join(', ')}`)
  return parts.join(', ')
}
