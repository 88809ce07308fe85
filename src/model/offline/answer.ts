/** The rules of the offline model, in the order in which they are tried. */
import { findArithmetic } from './arithmetic.ts'
import { answerInSchema } from './decision.ts'
import { quoteDocuments } from './documents.ts'
import { recall } from './recall.ts'
import { lastUserText, type OfflineRequest } from './request.ts'
import { standInLine } from './stand-in.ts'
import { chooseTools, forceTool, type ChosenCall } from './tool-choice.ts'
import { reportResults } from './tool-results.ts'

/** What the offline model answers: a text, or calls of tools. */
export type OfflineAnswer = { readonly text: string } | { readonly calls: readonly ChosenCall[] }

const connect =
  'To connect a real model, set OPENAI_API_KEY, or OPENAI_BASE_URL for Ollama, vLLM or LM Studio, and TROUPE_MODEL.'

/** Answers a request. The same request always gets the same answer. */
export function answerOffline(request: OfflineRequest): OfflineAnswer {
  if (request.schema) return { text: answerInSchema(request, request.schema) }
  const answer = applyRules(request)
  if ('calls' in answer) return answer
  const isFirst = !request.messages.some(({ role, text }) => role === 'assistant' && text !== '')
  return { text: isFirst ? standInLine + answer.text : answer.text }
}

function applyRules(request: OfflineRequest): OfflineAnswer {
  const report = reportResults(request)
  if (report !== undefined) return { text: report }

  const text = lastUserText(request)
  const remembered = recall(request)
  if (remembered !== undefined && !request.mustCall) return { text: remembered }

  const chosen = chooseTools(text, request.tools) ?? (request.mustCall ? forceTool(text, request.tools) : undefined)
  if (chosen && 'calls' in chosen) return chosen
  if (chosen) return { text: `To call ${chosen.tool} I also need: ${chosen.missing.join(', ')}.` }

  const [expression] = findArithmetic(text)
  if (expression !== undefined) {
    return { text: `I was given no tool that computes ${expression}, and I do not compute by myself. ${connect}` }
  }
  return { text: quoteDocuments(request) ?? admit(text) }
}

/** Nothing fits: an honest word on what this is. */
function admit(text: string): string {
  const topic = text.replace(/\s+/g, ' ').trim()
  if (/\p{Script=Han}/u.test(topic)) {
    return `你写的是：“${shorten(topic)}”。我只是按规则应答的离线替身，不会思考。要连接真正的模型，请设置 OPENAI_API_KEY，或为 Ollama、vLLM、LM Studio 设置 OPENAI_BASE_URL，并设置 TROUPE_MODEL。`
  }
  const about = topic === '' ? 'There is no question for me. ' : `You wrote: "${shorten(topic)}" `
  return `${about}I only follow a few rules and cannot think, so I have no answer to that. ${connect}`
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
