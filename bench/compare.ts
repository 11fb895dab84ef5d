/** Measures the gateway and a bare server in turn, several times, so that the machine's moods fall on both. */
import { median, type Row } from './row.ts'
import { cpuMicros, type ServerProcess } from './server-process.ts'

/** Puts load on a server for about `durationMs` and says how many operations that were. */
export type Load = (port: number, durationMs: number) => Promise<number>

const ROUNDS = 5
/** Until V8 has compiled what runs often: of a handshake, which runs through more code than a request, that takes ten thousand. */
const WARM_UP_MS = 5_000
/** Long enough that a tick of 10 ms is about a percent. */
const ROUND_MS = 2_000

interface Comparison {
  readonly name: string
  readonly goal: string | null
  readonly load: Load
  readonly gateway: ServerProcess
  readonly bare: ServerProcess
}

export async function compare({ name, goal, load, gateway, bare }: Comparison): Promise<Row> {
  await load(gateway.port, WARM_UP_MS)
  await load(bare.port, WARM_UP_MS)

  const rounds: { gateway: Sample; bare: Sample }[] = []
  for (const _ of Array.from({ length: ROUNDS })) {
    rounds.push({ gateway: await measure(gateway, load), bare: await measure(bare, load) })
  }
  const of = (server: 'gateway' | 'bare', value: keyof Sample) =>
    median(rounds.map((round) => round[server][value]))
  return {
    name,
    unit: 'µs CPU/op',
    gateway: of('gateway', 'cpuPerOp'),
    bare: of('bare', 'cpuPerOp'),
    gatewayRate: of('gateway', 'rate'),
    bareRate: of('bare', 'rate'),
    goal,
  }
}

export interface Sample {
  readonly cpuPerOp: number
  readonly rate: number
}

export async function measure({ pid, port }: ServerProcess, load: Load): Promise<Sample> {
  const before = { cpu: cpuMicros(pid), at: performance.now() }
  const operations = await load(port, ROUND_MS)
  const seconds = (performance.now() - before.at) / 1_000
  return { cpuPerOp: (cpuMicros(pid) - before.cpu) / operations, rate: operations / seconds }
}

/** The gateway measured several times, with nothing beside it. */
export async function samples(gateway: ServerProcess, load: Load): Promise<readonly Sample[]> {
  const all: Sample[] = []
  for (const _ of Array.from({ length: ROUNDS })) all.push(await measure(gateway, load))
  return all
}

/** The row of {@link samples}. */
export function alone(name: string, all: readonly Sample[], goal: string | null): Row {
  return {
    name,
    unit: 'µs CPU/op',
    gateway: median(all.map(({ cpuPerOp }) => cpuPerOp)),
    bare: null,
    gatewayRate: median(all.map(({ rate }) => rate)),
    bareRate: null,
    goal,
  }
}
