/** The way of the turn that is looked at, for the edges of the graph. */
import { createContext } from 'react'

/** Steps by the key of the edge. */
export const PathContext = createContext<ReadonlyMap<string, readonly number[]>>(new Map())
