/** One message. Whatever an agent or a person wrote is shown as text, never as HTML. */
import type { Message } from './conversation.ts'
import { blocksOf, type Block, type Span } from './formatting.ts'
import { unreachable } from './unreachable.ts'

export function MessageView({ message }: { readonly message: Message }) {
  const { role, state, text, at, problem } = message
  return (
    <li class={`message message-${role}`} aria-busy={state === 'waiting' || state === 'streaming'}>
      <span class="unseen">{role === 'user' ? 'You said:' : 'The agent said:'}</span>
      <div class={`message-body message-${state}`}>
        {state === 'waiting' && <Thinking />}
        {role === 'user' ? <p class="prose">{text}</p> : blocksOf(text).map(blockView)}
      </div>
      {state === 'stopped' && <p class="message-note">Stopped</p>}
      {state === 'failed' && (
        <p class="message-note message-problem" role="alert">
          {problem}
        </p>
      )}
      {at !== null && state === 'complete' && <Time at={at} />}
    </li>
  )
}

function Thinking() {
  return (
    <span class="thinking" aria-hidden="true">
      <span />
      <span />
      <span />
    </span>
  )
}

function blockView(block: Block, index: number) {
  if (block.kind === 'prose') {
    return (
      <p key={index} class="prose">
        {block.spans.map(spanView)}
      </p>
    )
  }
  // Scrollable, and so reachable by keyboard.
  return (
    <pre key={index} class="code" tabIndex={0}>
      <code>{block.text}</code>
    </pre>
  )
}

export function spanView(span: Span, index: number) {
  switch (span.kind) {
    case 'text':
      return span.text
    case 'code':
      return <code key={index}>{span.text}</code>
    case 'strong':
      return <strong key={index}>{span.text}</strong>
    default:
      return unreachable(span)
  }
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

function Time({ at }: { readonly at: number }) {
  const when = new Date(at)
  const today = when.toDateString() === new Date().toDateString()
  return (
    <time class="message-time" dateTime={when.toISOString()} title={DATE.format(when)}>
      {(today ? CLOCK : DATE).format(when)}
    </time>
  )
}
