import { expect, it } from 'vitest'
import { askOffline, conversation } from './ask-offline.ts'

const before = ['Where is the "harbour"?', 'At the sea.', 'And 2+2?', 'No tool.']

it.each([
  ['What did I just ask?', 'You just asked: "And 2+2?"'],
  ['What was my last question?', 'You just asked: "And 2+2?"'],
  ['what was my previous question', 'You just asked: "And 2+2?"'],
  ['What did I say before?', 'You just asked: "And 2+2?"'],
  ['Do you remember what I just asked?', 'You just asked: "And 2+2?"'],
  ['What did I ask?', 'You just asked: "And 2+2?"'],
  ['Please repeat what I asked.', 'You just asked: "And 2+2?"'],
  ['我刚才问了什么？', 'You just asked: "And 2+2?"'],
  ['What was my first question?', 'The first thing that you wrote was: "Where is the "harbour"?"'],
  ['What did you just say?', 'I answered: "No tool."'],
])('quotes the conversation: %s', async (question, text) => {
  expect((await askOffline(conversation(...before, question))).text).toBe(text)
})

it.each([
  ['My name is Ada.', 'What is my name?', 'Ada'],
  ['Hi, I am called Ada Lovelace and I like tea', "what's my name", 'Ada Lovelace'],
  ["I'm called Bob", 'Who am I?', 'Bob'],
  ['你好，我叫小明。', '我叫什么名字？', '小明'],
])('knows the name that it was told: %s', async (introduction, question, name) => {
  const { text } = await askOffline(conversation(introduction, 'Hello.', question))
  expect(text).toBe(`Your name is ${name}: you wrote "${introduction}"`)
})

it('knows other things that it was told', async () => {
  const told = conversation('My favourite colour is blue.', 'Noted.', 'What is my favourite colour?')
  expect((await askOffline(told)).text).toBe('You wrote: "My favourite colour is blue."')
})

it.each([
  ['What did I just ask?', 'Nothing stands before this'],
  ['What is my name?', 'Your name does not stand in the messages'],
])('says when nothing was said: %s', async (question, text) => {
  expect((await askOffline(question)).text).toContain(text)
})
