/** Answers questions about the conversation itself, from the messages that the request holds. */
import { lastUserText, type OfflineRequest } from './request.ts'

interface RecallRule {
  readonly patterns: readonly RegExp[]
  readonly answer: (earlier: Earlier, match: RegExpExecArray) => string
}

/** What was said before the last message of the user, oldest first. */
interface Earlier {
  readonly user: readonly string[]
  readonly assistant: readonly string[]
}

const rules: readonly RecallRule[] = [
  {
    patterns: [
      /\b(?:my|the) (?:very )?first (?:question|message)|what did i (?:ask|say) first/i,
      /我(?:的)?第一个问题|我(?:最初|一开始)(?:问|说)/,
    ],
    answer: ({ user }) => quote('The first thing that you wrote was', user[0]),
  },
  {
    patterns: [
      /what (?:did|was it that) you (?:just |last )?(?:sa(?:y|id)|answer(?:ed)?|repl(?:y|ied))/i,
      /your (?:last|previous) (?:answer|reply|message)/i,
      /你刚才(?:说|回答)了?什么/,
    ],
    answer: ({ assistant }) => quote('I answered', assistant.at(-1)),
  },
  {
    patterns: [
      /what (?:did|have) i (?:just |previously |last )?(?:ask(?:ed)?|sa(?:y|id)|write|written|tell you|told you)\b(?! my)/i,
      /(?:what|thing) i (?:just |last )?(?:asked|said|wrote|told you)\b(?! my)/i,
      /(?:my|the) (?:last|previous|prior) (?:question|message)|what was i (?:just )?(?:asking|saying)/i,
      /我(?:刚才|刚刚|之前|上次)(?:问|说|讲)了?(?:你)?(?:什么|啥)|我(?:的)?上一个问题/,
      /重复我(?:刚才)?(?:的问题|问的|说的)/,
    ],
    answer: ({ user }) => quote('You just asked', user.at(-1)),
  },
  {
    patterns: [
      /what(?:'s| is| was) my name\b|who am i\b|do you (?:know|remember) my name/i,
      /我叫什么|我的名字(?:是什么|叫什么)|我是谁/,
    ],
    answer: ({ user }) => answerName(user),
  },
  {
    patterns: [/what(?:'s| is| was| are) my ([\p{L}\p{N}'-]+(?: [\p{L}\p{N}'-]+)*)\s*[?？.!]*$/iu],
    answer: ({ user }, match) => answerFact(user, match[1] ?? ''),
  },
]

const name = String.raw`([\p{L}][\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*)`
const introductions = [
  new RegExp(String.raw`\b(?:[Mm]y name is|[Mm]y name's|[Ii]'?(?: a)?m called|[Cc]all me|[Ii] go by)\s+${name}`, 'u'),
  /(?:我叫|我的名字(?:是|叫))\s*([^\s，。,.！!？?什]+)/u,
]

/** The answer to a question about the conversation; undefined when the last message is none. */
export function recall(request: OfflineRequest): string | undefined {
  const last = request.messages.findLastIndex(({ role }) => role === 'user')
  if (last < 0) return undefined
  const question = lastUserText(request)
  const before = request.messages.slice(0, last).filter(({ text }) => text !== '')
  const said = (role: string): string[] => before.filter((message) => message.role === role).map(({ text }) => text)
  const earlier = { user: said('user'), assistant: said('assistant') }
  for (const { patterns, answer } of rules) {
    const match = patterns.map((pattern) => pattern.exec(question)).find((each) => each !== null)
    if (match) return answer(earlier, match)
  }
  return undefined
}

function quote(introduction: string, text: string | undefined): string {
  return text === undefined
    ? 'Nothing stands before this in the messages that I was sent.'
    : `${introduction}: "${text}"`
}

function answerName(user: readonly string[]): string {
  for (const text of user.toReversed()) {
    for (const pattern of introductions) {
      const found = pattern.exec(text)?.[1]
      if (found) return `Your name is ${found}: you wrote "${text}"`
    }
  }
  return 'Your name does not stand in the messages that I was sent.'
}

function answerFact(user: readonly string[], fact: string): string {
  const stated = new RegExp(String.raw`\bmy ${fact.replace(/[-']/g, '.')} (?:is|are|was)\b`, 'i')
  const text = user.findLast((each) => stated.test(each))
  return text === undefined ? `Your ${fact} does not stand in the messages that I was sent.` : `You wrote: "${text}"`
}
