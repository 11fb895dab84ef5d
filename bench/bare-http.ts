/** The least that a Node server can do: `node:http` that gives one fixed answer. `node bare-http.ts PORT ANSWER_FILE` */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Answer } from './http-answer.ts'

const [, , port, answerFile = ''] = process.argv
const answer: Answer = JSON.parse(readFileSync(answerFile, 'utf8'))
const body = Buffer.from(answer.body)

createServer((request, response) => {
  // Read from the request what any server must, so that nothing is saved by not looking.
  if (request.url === '/ready') {
    response.end('ok')
    return
  }
  response.sendDate = answer.date
  response.writeHead(answer.status, [...answer.headers])
  response.end(body)
}).listen(Number(port), '127.0.0.1')
