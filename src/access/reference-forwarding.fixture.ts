/** To whom a request is attributed, read naively from SPEC 2.1. */
import { isLoopbackText, isUnspecifiedText, sameText } from './reference-address.fixture.ts'

/** `malformed`, or the client as the header names it, ports and brackets taken off. */
export function attributeByTheText(
  peer: { readonly address: string; readonly trusted: boolean },
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  if (!peer.trusted) return peer.address
  if (forwardedFor === undefined) return peer.address
  const hops = forwardedFor.split(',')
  let walked = 0
  for (let index = hops.length - 1; index >= 0; index -= 1) {
    walked += 1
    if (walked > 32) return 'malformed'
    const hop = bare(hops[index] ?? '')
    if (sameText(hop) === null) return 'malformed'
    if (isTrusted(hop)) continue
    if (isLoopbackText(hop)) return 'malformed'
    if (isUnspecifiedText(hop)) return 'malformed'
    return hop
  }
  return peer.address
}

/** `192.0.2.1:80` and `[2001:db8::1]:80` without port and brackets. */
function bare(hop: string): string {
  const text = hop.replace(/^[ \t]+|[ \t]+$/g, '')
  const bracketed = /^\[(.*:.*)\](:\d{1,5})?$/.exec(text)
  if (bracketed !== null) return bracketed[1] ?? ''
  const withPort = /^([\d.]+):\d{1,5}$/.exec(text)
  return withPort === null ? text : (withPort[1] ?? '')
}

/** `name` in lower case; what the configuration adds to the list is not asked here. */
export function isForwardingByTheText(name: string): boolean {
  if (name === 'forwarded' || name === 'x-real-ip' || name === 'cdn-loop') return true
  if (name === 'true-client-ip' || name === 'x-client-ip') return true
  if (name === 'x-cluster-client-ip' || name === 'via') return true
  for (const start of ['x-forwarded-', 'tailscale-', 'cf-', 'x-envoy-', 'x-original-', 'x-amzn-'])
    if (name.slice(0, start.length) === start) return true
  return false
}
