/** The little formatting that an agent's text may have. What it wrote stays text: nothing here makes HTML or links. */

export type Span =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }

export type Block =
  | { readonly kind: 'prose'; readonly spans: readonly Span[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }

const FENCE = /^```([\w+-]*)[^\n`]*$/
const SPAN = /`(?=\S)([^`\n]+)`|\*\*(?=\S)([^*\n]+?)\*\*/g

/** A fence that is not closed yet, as while an answer streams, reaches to the end. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = []
  const open: { lines: string[]; language: string | null } = { lines: [], language: null }
  const close = () => {
    const body = open.lines.join('\n')
    if (open.language !== null) blocks.push({ kind: 'code', language: open.language, text: body })
    else if (body.trim() !== '') blocks.push({ kind: 'prose', spans: spansOf(body.trim()) })
    open.lines = []
  }
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line)
    if (fence === null) {
      open.lines.push(line)
      continue
    }
    close()
    open.language = open.language === null ? (fence[1] ?? '') : null
  }
  if (open.lines.length > 0) close()
  return blocks
}

export function spansOf(text: string): readonly Span[] {
  const spans: Span[] = []
  const at = { end: 0 }
  for (const match of text.matchAll(SPAN)) {
    if (match.index > at.end) spans.push({ kind: 'text', text: text.slice(at.end, match.index) })
    const [whole, code, strong] = match
    if (code !== undefined) spans.push({ kind: 'code', text: code })
    if (strong !== undefined) spans.push({ kind: 'strong', text: strong })
    at.end = match.index + whole.length
  }
  if (at.end < text.length) spans.push({ kind: 'text', text: text.slice(at.end) })
  return spans
}
