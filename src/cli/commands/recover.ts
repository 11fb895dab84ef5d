/** `openclaw recover`: regains administration from any damaged or old state, and says what it did (SPEC 14.5). */
import { counted } from '../../core/counted.ts'
import { unreachable } from '../../core/never.ts'
import type { Told } from '../../recover/types.ts'
import { flag, text } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import type { RecoverEnd } from '../parts.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const recover: Command = {
  name: 'recover',
  summary: 'Get administration back from a damaged or old state dir; nothing in it is deleted.',
  arguments: [],
  options: [
    { flags: '--dry-run', description: 'only say what is wrong and what would be done' },
    {
      flags: '--device <id>',
      description: 'approve this device again, as an operator with every scope',
    },
    { flags: '--reveal', description: 'print the gateway token or password at the end' },
  ],
  examples: [
    {
      line: 'openclaw recover --dry-run',
      does: 'changes nothing; exits 1 when something is wrong',
    },
    {
      line: 'openclaw recover',
      does: 'repairs it, starts the gateway for a moment, and makes sure that you are its administrator',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const asJson = flag(args, 'json')
  const options = {
    dryRun: flag(args, 'dryRun'),
    device: text(args, 'device') ?? null,
    reveal: flag(args, 'reveal'),
  }
  const all: Told[] = []
  const end = await context.parts.recover(options, context, (told) => {
    all.push(told)
    if (!asJson) show(told, context)
  })
  if (asJson) json(context, { ...resultOf(end), done: all })
  else showEnd(end, all, context)
  const done = (end.kind === 'admin' || end.kind === 'examined') && end.found === 0
  return done ? EXIT.done : EXIT.no
}

function show(told: Told, context: Context): void {
  const { step, what } = told
  switch (told.kind) {
    case 'repaired': {
      const where = told.aside.length === 0 ? '' : ` [${told.aside.join(', ')}]`
      line(context, `repaired  ${step}: ${what} -> ${told.remedy}${where}${sentence(told.next)}`)
      return
    }
    case 'found':
      line(
        context,
        `wrong     ${step}: ${what}${told.would === null ? '' : ` -> would ${told.would}`}${sentence(told.next)}`,
      )
      return
    case 'left':
      line(context, `left      ${step}: ${what}${sentence(told.next)}`)
      return
    case 'hint':
      line(context, `note      ${step}: ${what}${sentence(told.next)}`)
      return
    default:
      unreachable(told)
  }
}

function sentence(next: string | null): string {
  return next === null ? '' : `. ${next}`
}

function showEnd(end: RecoverEnd, all: readonly Told[], context: Context): void {
  switch (end.kind) {
    case 'refused':
      problem(context, end.message)
      return
    case 'not-admin':
      problem(context, end.why)
      return
    case 'examined':
      line(context, foundInWords(end.found))
      return
    case 'admin': {
      const begun = all.some(({ kind }) => kind === 'repaired' || kind === 'left')
      if (!begun || end.found > 0) line(context, foundInWords(end.found))
      line(context, PROOF[end.proof])
      if (end.secret !== null) line(context, end.secret.reveal())
      else if (end.credential !== null && !end.made.includes(`gateway.auth.${end.credential}`))
        line(context, lost(end.credential))
      return
    }
    default:
      unreachable(end)
  }
}

function foundInWords(found: number): string {
  return found === 0
    ? 'nothing to recover'
    : `${counted(found, 'thing')} wrong; nothing was changed`
}

function lost(credential: 'token' | 'password'): string {
  return `Lost the ${credential}? openclaw config get gateway.auth.${credential} --reveal`
}

const PROOF = {
  running: 'the gateway that runs here answers you as its administrator (operator.admin)',
  trial:
    'admin is back: the gateway starts, and answered you as its administrator (operator.admin). Start it with `openclaw gateway`; `openclaw dashboard` then prints a login link',
} as const

function resultOf(end: RecoverEnd): object {
  switch (end.kind) {
    case 'admin':
      return {
        admin: true,
        proof: end.proof,
        made: end.made,
        secret: end.secret?.reveal() ?? null,
        left: end.left,
        found: end.found,
      }
    case 'examined':
      return { admin: null, found: end.found }
    case 'refused':
      return { admin: false, why: end.message }
    case 'not-admin':
      return { admin: false, why: end.why }
    default:
      return unreachable(end)
  }
}
