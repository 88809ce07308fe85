/** Troupe: LLM agents as statecharts. The public names of the package. */
export { defineAgent, type AgentOptions } from './agent/define-agent.ts'
export {
  setupAgent,
  type Chart,
  type ChartAgent,
  type ChartMachine,
  type ChartOptions,
  type SentEvent,
} from './agent/setup-agent.ts'
export { defineNode, type NodeCode, type NodeOptions } from './agent/define-node.ts'
export { checkAgent, type AgentReport } from './agent/check-agent.ts'
export { graphOf, mermaid, type Graph } from './agent/graph.ts'
export { ApproveData, RejectData } from './agent/approval.ts'
export type { Agent, GraphEdge, Migration, Nodes } from './agent/agent.ts'

export { openSession, type OpenOptions } from './session/open.ts'
export { resumeDue, type SweepOptions, type SweepReport } from './pool/resume-due.ts'
export { SessionPool } from './pool/session-pool.ts'
export type { DrainReport, PoolSendOptions, PoolStats, SessionPoolOptions, WaitOptions } from './pool/pool-options.ts'
export type { PoolEvents, PoolTurn } from './pool/pool-observers.ts'
export type { SessionWatcher } from './pool/watchers.ts'
export {
  AgentNotFoundError,
  PoolDrainingError,
  PoolFullError,
  SessionExistsError,
  SessionNotFoundError,
} from './pool/errors.ts'
export { createInspector, Inspector, type InspectorOptions } from './inspect/inspector.ts'
export { InspectorFeed, type ConnectOptions, type FeedConnection } from './inspect/feed.ts'
export type { FeedOptions, FeedSocket } from './inspect/feed-client.ts'
export { storedMessages } from './inspect/stored-messages.ts'
export type { ReadMessages } from './inspect/requests.ts'
export { StatelyFeed, type StatelyConnectOptions } from './inspect/stately-feed.ts'
export type { Redact } from './inspect/plain.ts'
export { redactSecrets } from './inspect/redact-secrets.ts'
export type { ListStored } from './inspect/session-pages.ts'
export type * from './inspect/protocol.ts'
export type { SessionInspector, SessionTap, TappedSession } from './session/tap.ts'
export type { Durability } from './session/session-writer.ts'
export type { SendOptions } from './session/client-input.ts'
export type { CancelOptions, CancelPoint } from './session/safe-point.ts'
export type {
  BackoffPolicy,
  CircuitStatus,
  RetryPolicy,
  SupervisedOptions,
  Supervision,
  SupervisionStatus,
} from './core/supervision.ts'
export { overBudget } from './agent/over-budget.ts'
export type { BudgetLeft, BudgetName, SessionProgress } from './core/budget.ts'
export { CircuitOpenError, NodeDownError, NodeTimeoutError } from './core/supervision.ts'
export type { TurnPolicy } from './session/turn-policy.ts'
export { forgetSession } from './session/forget-session.ts'
export { forkSession, listCheckpoints, type ForkOptions, type SessionCheckpoint } from './session/fork.ts'
export { Session } from './session/session.ts'
export type { GraphNode, SessionGraph } from './session/session-graph.ts'
export { Turn } from './session/turn.ts'
export type { SessionEvents } from './session/observers.ts'
export type { Checkpoint } from './session/checkpoint.ts'
export type { ClientTool, PendingWork, TurnRequest, TurnResult, TurnStatus } from './core/turn.ts'
export type { CallObserver, ModelCallReport, ToolCallReport } from './core/call-observer.ts'
export type { AgentEvent, TraceEntry } from './core/events.ts'
export type { AgentLimits } from './core/limits.ts'
export type { Json } from './core/json.ts'
export { systemClock, type Clock } from './core/clock.ts'

export type {
  CallApproval,
  LoopRuntime,
  NodeDefinition,
  NodePlace,
  NodeRuntime,
  NodeState,
  NodeStatus,
  RestorePolicy,
  Schema,
  Schemas,
  Services,
  WindowOptions,
} from './core/node.ts'
export {
  addUsage,
  MessageWindow,
  noUsage,
  textOf,
  type AssistantMessage,
  type ContentPart,
  type Message,
  type MessageRecord,
  type MessageToolCall,
  type SystemMessage,
  type ToolMessage,
  type Usage,
  type UserContent,
  type UserMessage,
} from './core/messages.ts'
export {
  AudioData,
  CallData,
  CallResult,
  CallsData,
  ClientCall,
  ChunkData,
  DocumentsData,
  ErrorEventData,
  MemoryData,
  PlaybackData,
  ReasoningData,
  RefusalData,
  ResultData,
  RetrievedDocument,
  ToolProgressData,
  SentenceData,
  SpeechStop,
  ToolResultData,
  UsageData,
  UserInput,
  WindowData,
} from './core/payloads.ts'
export { sizeByPath, type SizedPath } from './store/checkpoint-size.ts'
export {
  CheckpointTooLargeError,
  StoreDataError,
  StoreError,
  StoreOwnedError,
  StoreTimeoutError,
  StoreUrlError,
} from './store/errors.ts'
export { keyvStore, type KeyvAdapter, type KeyvStoreOptions } from './store/keyv-store.ts'
export { memoryStore, type StoreLimits } from './store/memory-store.ts'
export { openStore, type OpenStoreOptions } from './store/open-store.ts'
export { sqliteKeyv } from './store/sqlite/keyv-adapter.ts'
export { sqliteStore, type SqliteStoreOptions } from './store/sqlite/sqlite-store.ts'
export type { Batch, CheckpointStore, EventLog, LoggedEvent, MemoryStore, Store } from './core/store.ts'

export { agentNode, AgentResultData, type AgentNode, type AgentNodeOptions } from './nodes/agent-node.ts'
export { citationNode, CitedData, type CitationNode } from './nodes/citation-node.ts'
export { Citation, citationsOf } from './nodes/citations.ts'
export { decisionNode, type DecisionNode, type DecisionNodeOptions } from './nodes/decision-node.ts'
export { joinNode, type JoinNode, type JoinNodeOptions } from './nodes/join-node.ts'
export { llmNode, type LlmNode, type LlmNodeOptions } from './nodes/llm-node.ts'
export {
  ItemChunkData,
  mapNode,
  type MapAgentOptions,
  type MapContext,
  type MapNode,
  type MapResult,
  type MapRunOptions,
} from './nodes/map-node.ts'
export { mcpTools, type McpServer, type McpServerOptions, type McpTools } from './nodes/mcp/mcp-tools.ts'
export { McpError, type McpErrorCode } from './nodes/mcp/mcp-error.ts'
export type { ListedTool } from './nodes/mcp/connection.ts'
export type { McpHttpServer, McpStdioServer } from './nodes/mcp/transports.ts'
export { memoryNode, type MemoryNode, type SpokenMemoryNode } from './nodes/memory-node.ts'
export type { MemoryNodeOptions, PinOptions, RecallOptions, SummaryOptions } from './nodes/memory-options.ts'
export { ragNode, type RagNode, type RagNodeOptions } from './nodes/rag-node.ts'
export {
  sttNode,
  TranscriptionError,
  type SttNode,
  type SttNodeOptions,
  type TranscriptionErrorCode,
} from './nodes/stt-node.ts'
export {
  AgentChunkData,
  teamNode,
  type AgentTool,
  type TeamMember,
  type TeamNode,
  type TeamNodeOptions,
} from './nodes/team-node.ts'
export { toolNode, type ToolNode, type ToolNodeOptions } from './nodes/tool-node.ts'
export { SpeechFailure, ttsNode, type TtsNode, type TtsNodeOptions } from './nodes/tts-node.ts'
export {
  defineTool,
  ToolDefinitionError,
  type ApprovalContext,
  type CallOf,
  type Tool,
  type ToolContext,
  type ToolOptions,
  type ToolRetry,
} from './nodes/tool.ts'
export type { ModelChoice, ModelFallback, ModelOptions } from './nodes/model-options.ts'
export { OutputError, type OutputIssue } from './nodes/structured-output.ts'
export type { Routes } from './nodes/routes.ts'
export { DecisionError } from './nodes/routes.ts'
export { EmptyAnswerError } from './nodes/empty-answer-error.ts'

export type { DocumentIndex } from './retrieval/document-index.ts'
export { folderIndex } from './retrieval/folder-index.ts'
export { indexedFolder } from './retrieval/indexed-folder.ts'
export { DocumentFolderError } from './retrieval/list-documents.ts'
export { openIndex, type OpenIndexOptions } from './retrieval/open-index.ts'
export type { IndexedDocument, SearchMode, StoredIndex, StoredSearchOptions } from './retrieval/stored-index.ts'
export type { Chunk } from './retrieval/index-backend.ts'
export { IndexError } from './retrieval/index-error.ts'
export { ingestFolder, type IngestOptions, type IngestProgress, type IngestReport } from './retrieval/ingest-folder.ts'
export type { ChunkSizes } from './retrieval/split-document.ts'
export type { Embedder } from './retrieval/vectors.ts'
export { embedderOf } from './retrieval/embedder.ts'
export { energeticEmbedder } from './retrieval/energetic-embedder.ts'
export { hashedEmbedder } from './retrieval/hashed-embedder.ts'
export { openaiEmbedder, type OpenaiEmbedderOptions } from './retrieval/openai-embedder.ts'

export {
  defaultModelClient,
  defaultModelName,
  isOffline,
  modelClient,
  type Environment,
  type ModelClientOptions,
} from './model/client.ts'
export {
  completeChat,
  streamChat,
  type ChatAnswer,
  type ChatOptions,
  type ChatRequest,
  type StreamChatOptions,
} from './model/chat.ts'
export type { ModelApiName } from './model/model-api.ts'
export type { ModelPrices } from './model/prices.ts'
export type { ModelTimeouts } from './model/timeouts.ts'
export { ModelCalls } from './model/model-calls.ts'
export type { ModelCall, ModelCaller, ModelCallObserver, ModelObserver, ObserveCall } from './model/observer.ts'
export { defaultSpeech } from './model/speech/default-speech.ts'
export { espeakSpeech, type EspeakSpeechOptions } from './model/speech/espeak-speech.ts'
export { fliteSpeech, type FliteSpeechOptions } from './model/speech/flite-speech.ts'
export { openaiSpeech, type OpenaiSpeechOptions } from './model/speech/openai-speech.ts'
export {
  SpeechError,
  type AudioFormat,
  type SpeechAudio,
  type SpeechErrorCode,
  type SpeechSynthesizer,
} from './model/speech/speech-synthesizer.ts'
export { ModelError, type ModelErrorCode } from './model/model-error.ts'

export {
  AgentDefinitionError,
  AmendmentError,
  CheckpointError,
  CheckpointNotFoundError,
  EmitError,
  EventDroppedError,
  InputError,
  LimitError,
  NotJsonError,
  RecordedError,
  SessionBusyError,
  SessionEndedError,
  SessionStoppedError,
  SessionStoreError,
  SignalError,
  SnapshotMismatchError,
  TransitionError,
  TroupeError,
  type ErrorData,
} from './core/errors.ts'

/** Schemas of payloads, state and tools are made with this copy of zod; an agent file needs no other package. */
export { z } from 'zod'
