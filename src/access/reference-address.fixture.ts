/** Addresses read digit by digit, so that a mistake in the parsers of the platform is not repeated here. */

/** Eight groups of sixteen bits; IPv4 stands in the last two, mapped. `null` when `text` is no address. */
export function groupsOf(text: string): readonly number[] | null {
  const four = fourOf(text)
  if (four !== null) return [0, 0, 0, 0, 0, 0xffff, ...four]
  let rest = text
  let tail: readonly number[] = []
  if (rest.includes('.')) {
    const cut = rest.lastIndexOf(':')
    const last = fourOf(rest.slice(cut + 1))
    if (cut < 0 || last === null) return null
    tail = last
    // `::1.2.3.4` keeps both colons, `a:1.2.3.4` loses the one.
    rest = rest.slice(0, cut).endsWith(':') ? rest.slice(0, cut + 1) : rest.slice(0, cut)
  }
  const halves = rest.split('::')
  if (halves.length > 2) return null
  const left = hextets(halves[0] ?? '')
  const right = hextets(halves[1] ?? '')
  if (left === null || right === null) return null
  const given = left.length + right.length + tail.length
  if (halves.length === 1) return given === 8 ? [...left, ...tail] : null
  if (given > 7) return null
  return [...left, ...Array.from({ length: 8 - given }, () => 0), ...right, ...tail]
}

export function fourOf(text: string): readonly number[] | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    if (part.length > 1 && part.startsWith('0')) return null
  }
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number)
  return [a * 256 + b, c * 256 + d]
}

function hextets(text: string): readonly number[] | null {
  if (text === '') return []
  const groups: number[] = []
  for (const part of text.split(':')) {
    if (!/^[0-9a-f]{1,4}$/i.test(part)) return null
    groups.push(Number.parseInt(part, 16))
  }
  return groups
}

/** One text for each address, for comparing only: `4.` and two groups, or eight groups. */
export function sameText(text: string): string | null {
  const groups = groupsOf(text)
  if (groups === null) return null
  if (isFour(groups)) return `4 ${groups.slice(6).join(' ')}`
  return groups.join(' ')
}

/** IPv6 as browsers write it: lower case, the first longest run of zeros left out, never dotted. */
export function writtenSix(groups: readonly number[]): string {
  let [start, length] = [0, 1]
  for (let from = 0; from < 8; from += 1) {
    let to = from
    while (to < 8 && groups[to] === 0) to += 1
    if (to - from > length) [start, length] = [from, to - from]
  }
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function isFour(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
}

export function isLoopbackText(text: string): boolean {
  const groups = groupsOf(text)
  if (groups === null) return false
  if (isFour(groups)) return (groups[6] ?? 0) >> 8 === 127
  return groups.join(' ') === '0 0 0 0 0 0 0 1'
}

export function isUnspecifiedText(text: string): boolean {
  const groups = groupsOf(text)
  if (groups === null) return false
  const unspecified = groups[6] === 0 && groups[7] === 0
  return unspecified && (isFour(groups) || groups.every((group) => group === 0))
}

/** RFC 1918, RFC 4193 and link-local. */
export function isPrivateText(text: string): boolean {
  const groups = groupsOf(text)
  if (groups === null) return false
  const [first = 0, , , , , , sixth = 0] = groups
  if (!isFour(groups)) return first >> 9 === 0xfc >> 1 || first >> 6 === 0xfe80 >> 6
  const [a, b] = [sixth >> 8, sixth & 0xff]
  if (a === 10) return true
  if (a === 172 && b >= 16 && b <= 31) return true
  return (a === 192 && b === 168) || (a === 169 && b === 254)
}
