/** What is heard in the taint scan, who says it, and what may stand in it. */
import { basename } from 'node:path'
import { expect } from 'vitest'
import { startCli, startGateway, type Answer, type Ask, type RunningGateway } from '../gateway.ts'
import { madeTaint, makeSecrets, type Secrets, type Taint } from './secrets.ts'
import { makeWorld, type World } from './world.ts'

export interface Heard {
  /** A command, a request, a gateway. */
  readonly from: string
  readonly text: string
  /** Names of secrets that were asked for. */
  readonly may: readonly string[]
}

export interface Typing {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly dir?: string
  readonly may?: readonly string[]
}

export class Day {
  readonly secrets: Secrets
  readonly world: World
  readonly taints: Taint[]
  readonly heard: Heard[] = []
  /** Names of the commands that were typed. */
  readonly typed: string[] = []
  gateway: RunningGateway = {} as RunningGateway

  private constructor(secrets: Secrets, world: World) {
    this.secrets = secrets
    this.world = world
    this.taints = Object.values(secrets)
  }

  static async begin(): Promise<Day> {
    const secrets = makeSecrets()
    return new Day(secrets, await makeWorld(secrets))
  }

  /** From now on this is looked for as well. */
  made(name: string, value: string, homes: readonly RegExp[] = []): string {
    this.taints.push(madeTaint(name, value, homes))
    return value
  }

  note(from: string, text: string, may: readonly string[] = []): void {
    this.heard.push({ from, text, may })
  }

  /** Runs a command to its end beside others; its exit code, and what it printed. */
  async type(args: readonly string[], { dir, env = {}, may = [], ...rest }: Typing = {}) {
    this.typed.push(args.slice(0, 2).join(' '))
    const command = startCli(dir ?? this.world.dir, args, {
      env: { ...this.world.env, ...env },
      ...rest,
    })
    const code = await command.exited
    const where = basename(env['OPENCLAW_CONFIG_PATH'] ?? '')
    this.note(`openclaw ${args.join(' ')} ${where}`, command.output(), may)
    return { code, said: command.output() }
  }

  async ask(request: Ask, may: readonly string[] = []): Promise<Answer> {
    const answer = await this.gateway.ask(request)
    const from = `${request.method ?? 'GET'} ${request.path ?? '/api/v1/whoami'}`
    this.note(from, answer.text + JSON.stringify(answer.headers), may)
    return answer
  }

  /** What it prints is heard when it ends. */
  async start(args: readonly string[] = []): Promise<void> {
    const { dir, env } = this.world
    this.gateway = await startGateway({ dir, args, env })
    const { child, output } = this.gateway
    child.once('close', () => this.note('the gateway', output()))
  }

  /** A start that fails, in the state dir `dir`. */
  async fails(dir: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const said = await startGateway({ dir, env: { ...this.world.env, ...env } }).then(
      async (gateway) => {
        await gateway.stop()
        throw new Error('it started')
      },
      (error: unknown) => String(error),
    )
    expect(said).toContain('the gateway ended with 1')
    this.note('a start', said)
    return said
  }
}
