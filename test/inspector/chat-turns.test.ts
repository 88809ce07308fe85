import { expect, test } from 'vitest'
import { chatTurns, isChatRecord } from '../../inspector/src/act/chat-turns.ts'
import { chunksRecord, eventRecord, turnView } from './records.ts'

test('a conversation has what was asked, the answer, and what is streamed until it is there', () => {
  const records = [
    eventRecord(1, 'input', 'user_input', ['memory'], { data: 'What is 17 * 23?' }),
    chunksRecord(2, 'llm', 'Wro'),
    eventRecord(3, 'llm', 'llm_chunk_reset', ['output']),
    chunksRecord(4, 'llm', '39'),
    chunksRecord(5, 'llm', '1.'),
    eventRecord(6, 'llm', 'tool_call', ['tools']),
    eventRecord(7, 'input', 'approve', ['tools'], { data: { callId: 'a' } }),
  ].filter(isChatRecord)
  const running = turnView('s/0.1', { status: 'running', endedAt: null })
  expect(chatTurns([running], records)).toMatchObject([
    { asked: ['What is 17 * 23?', 'approve {"callId":"a"}'], text: '391.' },
  ])
  expect(chatTurns([{ ...running, text: 'It is 391.' }], records)).toMatchObject([{ text: 'It is 391.' }])
})
