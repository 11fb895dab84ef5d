/** For tests: another machine, which is a network namespace with a cable to this one. Needs root and iproute2. */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'

export interface Machine {
  /** Its address on the cable to this machine, and ours. */
  readonly address: string
  readonly ours: string
  /** In front of a command that is to run on it. */
  readonly within: readonly string[]
  remove(): void
}

/** Why there can be no other machine here; `null` when there can. */
export function noMachines(): string | null {
  if (process.getuid?.() !== 0) return 'needs root'
  const name = nameIt()
  const made = spawnSync('ip', ['netns', 'add', name]).status === 0
  if (made) spawnSync('ip', ['netns', 'del', name])
  return made ? null : 'needs iproute2, and the right to make network namespaces'
}

export function otherMachine(): Machine {
  const name = nameIt()
  run(`netns add ${name}`)
  run(`-n ${name} link set lo up`)
  const network = freeNetwork()
  const [ours, address] = [`${network}.1`, `${network}.2`]
  // Both ends are named after it, since this machine has one list of them.
  run(`link add ${name}a type veth peer name ${name}b netns ${name}`)
  run(`addr add ${ours}/24 dev ${name}a`)
  run(`link set ${name}a up`)
  run(`-n ${name} addr add ${address}/24 dev ${name}b`)
  run(`-n ${name} link set ${name}b up`)
  return {
    address,
    ours,
    within: ['ip', 'netns', 'exec', name],
    remove: () => run(`netns del ${name}`),
  }
}

/** A cable between two of them, as between a host and its container: the addresses of either end. */
export function connectMachines(one: Machine, two: Machine): readonly [string, string] {
  const [first, second] = [one.within.at(-1) ?? '', two.within.at(-1) ?? '']
  const network = freeNetwork()
  run(`-n ${first} link add ${first}c type veth peer name ${second}c netns ${second}`)
  for (const [name, end] of [
    [first, 1],
    [second, 2],
  ] as const) {
    run(`-n ${name} addr add ${network}.${end}/24 dev ${name}c`)
    run(`-n ${name} link set ${name}c up`)
  }
  return [`${network}.1`, `${network}.2`]
}

/** An interface's name has at most 15 characters. */
function nameIt(): string {
  return `oc${randomInt(0x100000000).toString(36)}`
}

const taken = new Set<string>()

/** `10.x.y`, which no interface of this machine has, nor one of the machines made here. */
function freeNetwork(): string {
  const shown = spawnSync('ip', ['-4', '-o', 'addr'], { encoding: 'utf8' }).stdout
  for (;;) {
    const network = `10.${randomInt(100, 250)}.${randomInt(250)}`
    if (taken.has(network) || shown.includes(` ${network}.`)) continue
    taken.add(network)
    return network
  }
}

function run(words: string): void {
  const { status, stderr } = spawnSync('ip', words.split(' '), { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${words}: ${stderr}`)
}
