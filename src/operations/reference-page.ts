/** The reference page of the operations, made from their declarations so that it never lags behind. */
import type { Operation } from './types.ts'

const INTRODUCTION = `# Operations

Made from the code by \`npm run docs\`. Each operation is written once; HTTP, WebSocket and the command line share it.
\`principal\`: anybody authenticated. \`public\`: anybody. An operation that changes something has an entry in the record,
on disk, before it runs. \`node\`: nodes alone. A web chat may do what says so, about its own conversation. Over HTTP the input is the path's parameters, the query and the JSON body together; errors are
\`{ "error": { "type", "code", "message", "requestId" } }\`.
`

export function operationsReference(operations: readonly Operation[]): string {
  const rows = operations.map(({ name, summary, requires, webchat, changes, http, websocket }) => {
    const route =
      http === null
        ? '–'
        : `\`${http.method} ${http.path}\`${http.streams === true ? ' (JSON or SSE)' : ''}`
    return `| \`${name}\` | ${route} | ${websocket ? 'yes' : '–'} | \`${requires}\`${webchat ? ', or a web chat' : ''} | ${changes ? 'yes' : '–'} | ${summary} |`
  })
  return [
    INTRODUCTION,
    '| operation | HTTP | WebSocket | requires | changes | what it does |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
