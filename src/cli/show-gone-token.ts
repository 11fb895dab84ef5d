/** What a token leaves behind when it goes: whom that cut off, and what it had made. */
import { z } from 'zod'
import { line, localTime } from './output.ts'
import type { Context } from './types.ts'

export const goneTokenShape = z.object({
  dropped: z.string(),
  stragglers: z.array(z.looseObject({ address: z.string(), client: z.string() })),
  created: z.array(
    z.object({
      kind: z.string(),
      id: z.string(),
      name: z.string(),
      createdAt: z.number(),
      revoke: z.string(),
    }),
  ),
})

export function printGoneToken(
  { stragglers, created }: z.output<typeof goneTokenShape>,
  which: 'old' | 'new',
  context: Context,
): void {
  for (const { address, client } of stragglers)
    line(context, `cut off: ${address} ${client}`.trimEnd())
  if (created.length === 0) return
  line(
    context,
    `The ${which} token made these, and they outlive it. Revoke those that you do not know:`,
  )
  for (const { kind, name, createdAt, revoke } of created) {
    line(context, `  ${kind} "${name}", made ${localTime(createdAt)}: ${revoke}`)
  }
}
