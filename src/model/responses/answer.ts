/** Answers of the Responses API, part by part, as those of a chat completion. */
import type { CompletionPart } from '../chat-answer.ts'
import { fieldsOf, listOf, stringOf } from '../fields.ts'

type Fields = Readonly<Record<string, unknown>>

/** Makes what reads one answer: the events of a stream in their order, or one whole response. */
export function responseReader(): (part: object) => CompletionPart {
  /** Kinds of output that came before the end, which has all of it once more. */
  const streamed = new Set<string>()
  /** Calls whose arguments came in pieces, by their place in the output. */
  const pieced = new Set<unknown>()

  const delta = (part: Fields): CompletionPart => {
    for (const kind in part) streamed.add(kind)
    return { choices: [{ index: 0, delta: part }] }
  }
  const end = (value: unknown): CompletionPart => {
    const response = fieldsOf(value)
    const { error, status } = response
    if (error || status === 'failed' || status === 'cancelled')
      return { error: error ?? { message: `the response is ${stringOf(status)}` } }
    const output = listOf(response['output']).map(fieldsOf)
    const rest = Object.entries(messageOf(output)).filter(([kind]) => !streamed.has(kind))
    return {
      model: response['model'],
      usage: usageOf(response['usage']),
      choices: [{ index: 0, delta: Object.fromEntries(rest), finish_reason: finishReasonOf(response, output) }],
    }
  }

  return (part) => {
    const event = fieldsOf(part)
    const { output_index: index } = event
    switch (event['type']) {
      case 'response.output_text.delta':
        return delta({ content: event['delta'] })
      case 'response.refusal.delta':
        return delta({ refusal: event['delta'] })
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        return delta({ reasoning: event['delta'] })
      case 'response.reasoning_summary_part.added':
        return event['summary_index'] === 0 ? {} : delta({ reasoning: '\n\n' })
      case 'response.function_call_arguments.delta':
        pieced.add(index)
        return delta({ tool_calls: [{ index, function: { arguments: stringOf(event['delta']) } }] })
      case 'response.output_item.added':
      case 'response.output_item.done': {
        const item = fieldsOf(event['item'])
        if (item['type'] !== 'function_call') return {}
        const whole = event['type'] === 'response.output_item.done' && !pieced.has(index)
        return delta({ tool_calls: [{ ...callOf(item, whole), index }] })
      }
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return end(event['response'])
      case 'error':
        return { error: event['error'] ?? { message: event['message'], code: event['code'] } }
    }
    return event['object'] === 'response' ? end(event) : { error: event['error'] }
  }
}

function messageOf(output: readonly Fields[]): Fields {
  const parts = output.filter(({ type }) => type === 'message').flatMap(({ content }) => listOf(content).map(fieldsOf))
  const thoughts = output
    .filter(({ type }) => type === 'reasoning')
    .flatMap(({ content, summary }) => (listOf(content).length > 0 ? listOf(content) : listOf(summary)).map(fieldsOf))
  return {
    content: parts.map(({ text }) => stringOf(text)).join(''),
    refusal: parts.map(({ refusal }) => stringOf(refusal)).join(''),
    reasoning: thoughts.map(({ text }) => stringOf(text)).join('\n\n'),
    tool_calls: output.filter(({ type }) => type === 'function_call').map((item) => callOf(item, true)),
  }
}

function callOf(item: Fields, whole: boolean): Fields {
  const { call_id: id, name } = item
  return {
    id: stringOf(id) || stringOf(item['id']),
    function: { name, ...(whole ? { arguments: item['arguments'] } : {}) },
  }
}

function finishReasonOf(response: Fields, output: readonly Fields[]): string {
  if (response['status'] === 'incomplete') {
    const reason = stringOf(fieldsOf(response['incomplete_details'])['reason'])
    return reason === 'max_output_tokens' ? 'length' : reason || 'length'
  }
  return output.some(({ type }) => type === 'function_call') ? 'tool_calls' : 'stop'
}

function usageOf(value: unknown): Fields | undefined {
  if (!value) return undefined
  const usage = fieldsOf(value)
  return {
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    total_tokens: usage['total_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  }
}
