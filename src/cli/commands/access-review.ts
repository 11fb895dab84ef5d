/** `openclaw access review`: what was given to whom and nobody uses, and taking it away (SPEC 14.7). */
import { z } from 'zod'
import { durationMs, flag, list, text } from '../arguments.ts'
import { askYes } from '../ask-yes.ts'
import { inWords, json, line, problem } from '../output.ts'
import { answered } from '../show-answer.ts'
import { table } from '../table.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const heldShape = z.object({
  kind: z.string(),
  ref: z.string(),
  name: z.string(),
  holds: z.array(z.string()),
  lastUsedAt: z.number().nullable(),
  idleMs: z.number(),
  command: z.string(),
  revoke: z.object({
    method: z.enum([
      'device.pair.remove',
      'channels.pairing.revoke',
      'api-keys.revoke',
      'config.change',
    ]),
    params: z.record(z.string(), z.unknown()),
  }),
})
const reviewShape = z.object({
  unusedMs: z.number(),
  notedSince: z.number(),
  unused: z.array(heldShape),
})
type Held = z.output<typeof heldShape>

export const accessReview: Command = {
  name: 'access review',
  summary: 'Devices, senders, API keys and named users that nobody used for 60 days.',
  arguments: [],
  options: [
    { flags: '--unused <duration>', description: 'for how long: 30d, 12w (60d)' },
    {
      flags: '--revoke',
      description: 'take it away: asks one by one on a terminal, or those that --id names',
    },
    {
      flags: '--id <ref>',
      description: 'with --revoke, as the list shows it: device:3f2a9c01b2d4; may be repeated',
      repeat: true,
    },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw access review',
      does: 'what each of them holds, and the command that takes it away',
    },
    {
      line: 'openclaw access review --unused 90d --revoke',
      does: 'asks about each, and takes away what you say yes to',
    },
    {
      line: 'openclaw access review --revoke --id api-key:ci',
      does: 'revokes it, if it is among those that are not used',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const wrong = (message: string): number => {
    problem(context, message)
    return EXIT.usage
  }
  const given = text(args, 'unused')
  const unusedMs = given === undefined ? null : durationMs(given)
  if (given !== undefined && unusedMs === null)
    return wrong('--unused must be a duration: 90s, 12h, 60d, 12w')
  const [revoke, ids] = [flag(args, 'revoke'), list(args, 'id')]
  if (!revoke && ids.length > 0) return wrong('--id names what --revoke is to take away')
  if (revoke && ids.length === 0 && (!context.isTty || flag(args, 'json')))
    return wrong('--revoke asks on a terminal; elsewhere name what is to go with --id')

  const params = unusedMs === null ? {} : { unusedMs }
  const question = { method: 'access.review', params, shape: reviewShape } as const
  const reviewed = await answered(question, args, context)
  if (reviewed.kind === 'exit') return reviewed.code
  const { unused } = reviewed.value
  if (!revoke) return show(reviewed.value, args, context)
  const why = ids.flatMap((id) => whyNot(id, unused))
  if (why.length > 0) {
    problem(context, `${why.join('; ')}; nothing was taken away`)
    return EXIT.no
  }
  return takeAway(ids.length === 0 ? unused : unused.filter(({ ref }) => ids.includes(ref)), {
    args,
    context,
    ask: ids.length === 0,
  })
}

/** Empty: it names one. */
function whyNot(id: string, unused: readonly Held[]): readonly string[] {
  const found = unused.filter(({ ref }) => ref === id)
  if (found.length === 1) return []
  if (found.length === 0) return [`${id}: not among what is not used`]
  return [`${id}: ${found.length} of them begin alike: with --json the list has their whole ids`]
}

function show(review: z.output<typeof reviewShape>, args: Arguments, context: Context): number {
  if (flag(args, 'json')) {
    json(context, review)
    return EXIT.done
  }
  const { unused, unusedMs } = review
  if (unused.length === 0)
    line(context, `nothing that lets somebody in was unused for ${inWords(unusedMs)}`)
  else
    table(
      context,
      ['what', 'name', 'holds', 'not used for', 'to take it away'],
      unused.map((held) => [
        held.ref,
        held.name === '' ? '-' : held.name,
        held.holds.join(', '),
        sinceWords(held),
        held.command,
      ]),
    )
  return EXIT.done
}

function sinceWords({ lastUsedAt, idleMs }: Held): string {
  return lastUsedAt === null ? `${inWords(idleMs)}, as far as is known` : inWords(idleMs)
}

interface Taking {
  readonly args: Arguments
  readonly context: Context
  /** About each of them. */
  readonly ask: boolean
}

/** One after the other; the first that is refused ends it, and what went before stays gone. */
async function takeAway(chosen: readonly Held[], { args, context, ask }: Taking): Promise<number> {
  const gone: string[] = []
  for (const held of chosen) {
    const { ref, name, holds, revoke } = held
    const about = `${ref} ${name === '' ? '' : `(${name}) `}not used for ${sinceWords(held)}, holds ${holds.join(', ')}`
    if (ask && !(await askYes(`${about}: take it away?`, context))) continue
    const answer = await answered({ ...revoke, shape: z.unknown() }, args, context)
    if (answer.kind === 'exit') return answer.code
    gone.push(ref)
    if (!flag(args, 'json')) line(context, `${ref}: taken away`)
  }
  if (flag(args, 'json')) json(context, { revoked: gone })
  return EXIT.done
}
