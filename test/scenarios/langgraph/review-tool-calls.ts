/**
 * LangGraph's how-to "Review tool calls" (examples/how-tos/review-tool-calls.ipynb, 208 lines of code with its uses): a
 * person lets a call pass, edits its arguments, or gives feedback that the model gets as the call's result. There it takes
 * a node that interrupts and commands that resume; here it is `needsApproval` of the tool and two signals, 15 lines.
 */
import { defineTool, z } from 'troupe'
import { reactAgent } from './react-agent.ts'

/** The agent; `searched` gets the cities that were really searched. */
export const reviewedAgent = (searched: string[]) =>
  reactAgent('reviewed', [
    defineTool({
      name: 'weather_search',
      description: 'Search for the weather',
      parameters: z.object({ city: z.string() }),
      needsApproval: true,
      run({ city }) {
        searched.push(city)
        return 'Sunny!'
      },
    }),
  ])
