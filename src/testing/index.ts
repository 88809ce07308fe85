/** What tests of agents need: `troupe/testing`. */
export { scriptedModel, type ScriptedModel, type ScriptedModelOptions } from './scripted-model.ts'
export { startModelServer, type ModelServer, type ServedModel } from './model-server.ts'
export {
  hold,
  ScriptError,
  type AnswerStep,
  type ErrorStep,
  type Hold,
  type JsonStep,
  type PlainStep,
  type RawStep,
  type RecordedRequest,
  type RouteStep,
  type Script,
  type ScriptedCall,
  type ScriptStep,
  type StepOptions,
} from './script.ts'
export { fakeRuntime, type Emitted, type FakeEvent, type FakeRuntime, type FakeRuntimeOptions } from './fake-runtime.ts'
export {
  assertAborted,
  assertEmitted,
  assertNoLiveActors,
  assertVisited,
  troupeMatchers,
  type MatcherResult,
  type TroupeMatchers,
  type VisitOptions,
} from './matchers.ts'
export { openTestSession } from './matchers-record.ts'
export { storeConformanceCases, type OpenStore, type StoreConformanceCase } from './store-conformance.ts'
export { indexConformanceCases, type IndexConformanceCase, type OpenIndex } from './index-conformance.ts'
