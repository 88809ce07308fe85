/** Keeps a fault of one view from taking the page with it. */
import { Component, type ReactNode } from 'react'
import { Fault, Notice } from './notice.tsx'

interface Props {
  /** The boundary starts over when this changes. */
  readonly name: string
  readonly children: ReactNode
}

/** Shows what went wrong in place of what it holds. */
export class ErrorBoundary extends Component<Props, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override componentDidUpdate({ name }: Props): void {
    if (name !== this.props.name && this.state.error) this.setState({ error: undefined })
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <Notice title="This view failed.">
        <Fault
          error={{
            name: error.name,
            message: error.message,
            ...(error.stack === undefined ? {} : { stack: error.stack }),
          }}
        />
        <button type="button" className="button" onClick={() => this.setState({ error: undefined })}>
          Try again
        </button>
      </Notice>
    )
  }
}
