/**
 * Every reason for which the gateway turns a request away.
 *
 * `tell` is the category the caller hears; the reason and its fix go to the record and the operator.
 */
export const REASONS = {
  malformed_request: {
    tell: 'malformed',
    fix: 'Send exactly one Host, Authorization, Origin and Content-Length header, and an origin-form path.',
  },
  malformed_evidence: {
    tell: 'malformed',
    fix: 'Make the proxy write X-Forwarded-For as a list of at most 32 addresses, and list every hop of yours in gateway.trustedProxies.',
  },
  credential_in_query: {
    tell: 'malformed',
    fix: 'Send the secret in the Authorization header. Change it if the address was logged anywhere.',
  },
  origin_not_allowed: {
    tell: 'forbidden',
    fix: 'Open the page by the address the gateway prints, or add its origin to gateway.controlUi.allowedOrigins.',
  },
  sender_not_paired: {
    tell: 'forbidden',
    fix: 'They were told a code within the last hour: `openclaw pairing list` shows it, `openclaw pairing approve <channel> <code>` lets them in. Whoever you rejected hears nothing for an hour: `openclaw pairing invite <channel> <sender>` lets them in all the same.',
  },
  senders_waiting: {
    tell: 'forbidden',
    fix: 'Three strangers wait on this account already, so nobody else is told a code: approve or reject one (`openclaw pairing list`), or let this one in by `openclaw pairing invite <channel> <sender>`.',
  },
  sender_not_allowed: {
    tell: 'forbidden',
    fix: 'Add their id to `allowFrom` of the channel, or set its dmPolicy to `pairing`.',
  },
  sender_nameless: {
    tell: 'forbidden',
    fix: 'Groups, channels and bots are nobody: let the person write from their own account.',
  },
  sender_approval_expired: {
    tell: 'forbidden',
    fix: 'Let them in again: `openclaw pairing invite <channel> <sender>`.',
  },
  dm_disabled: {
    tell: 'forbidden',
    fix: 'Set dmPolicy of the channel to `pairing` to let people ask.',
  },
  group_disabled: { tell: 'forbidden', fix: 'Set groupPolicy of the channel to `allowlist`.' },
  group_not_allowed: {
    tell: 'forbidden',
    fix: 'Add the id of the group to `groups` of the channel.',
  },
  group_sender_not_allowed: {
    tell: 'forbidden',
    fix: 'Add their id to `groupAllowFrom` of the channel, or "*" for everybody in its groups.',
  },
  policy_unknown: {
    tell: 'forbidden',
    fix: 'The account is not in the configuration any more, or its policy is none that this version knows.',
  },
  nothing_presented: {
    tell: 'unauthenticated',
    fix: 'Send a credential: `Authorization: Bearer <token>`. `openclaw dashboard` prints a login link.',
  },
  token_mismatch: {
    tell: 'unauthenticated',
    fix: '`openclaw auth explain --bearer <token>` says whether a token is right; `openclaw config explain gateway.auth.token` says which source won.',
  },
  token_browned_out: {
    tell: 'unauthenticated',
    fix: 'The old token is refused for a while, so that whoever still uses it is noticed: give this client the new one. `openclaw token status` says until when.',
  },
  password_mismatch: {
    tell: 'unauthenticated',
    fix: '`openclaw config explain gateway.auth.password` says which source won.',
  },
  no_shared_secret: {
    tell: 'unauthenticated',
    fix: 'The mode in force has no shared secret; see `openclaw config explain gateway.auth.mode`.',
  },
  shared_secret_not_here: {
    tell: 'unauthenticated',
    fix: 'In trusted-proxy mode the password is for callers on this host alone; come through the proxy.',
  },
  proxy_required: {
    tell: 'unauthenticated',
    fix: 'In trusted-proxy mode come through an address of gateway.trustedProxies.',
  },
  api_key_unknown: {
    tell: 'unauthenticated',
    fix: 'List the keys with `openclaw api-keys list`; make one with `openclaw api-keys create`.',
  },
  api_key_expired: {
    tell: 'unauthenticated',
    fix: 'Make a new key: `openclaw api-keys rotate <id>`.',
  },
  api_key_revoked: { tell: 'unauthenticated', fix: 'Make a new key: `openclaw api-keys create`.' },
  api_keys_disabled: { tell: 'unauthenticated', fix: 'Set security.apiKeys.enabled to true.' },
  device_token_unknown: {
    tell: 'unauthenticated',
    fix: 'The token was revoked, or replaced by one that has been used: `openclaw devices list` shows the device. Pair it again.',
  },
  device_token_without_key: {
    tell: 'unauthenticated',
    fix: 'A device token counts on a WebSocket only with a proof of the key that it was issued to.',
  },
  device_token_wrong_role: {
    tell: 'unauthenticated',
    fix: 'The token is for another role: `openclaw devices list` shows which roles the device has.',
  },
  device_approval_expired: {
    tell: 'unauthenticated',
    fix: 'The approval of this device has ended: let it ask again, then `openclaw devices approve`.',
  },
  device_required: {
    tell: 'unauthenticated',
    fix: 'A node connects with a device identity: `openclaw connect`, or a client that has one.',
  },
  device_not_paired: {
    tell: 'unauthenticated',
    fix: '`openclaw devices list` shows what waits, `openclaw devices approve <requestId>` lets it in.',
  },
  device_role_not_approved: {
    tell: 'unauthenticated',
    fix: 'The device is approved for another role: `openclaw devices list`, then `openclaw devices approve <requestId>`.',
  },
  device_scope_not_approved: {
    tell: 'unauthenticated',
    fix: 'The device asks for more than it was approved for: `openclaw devices list`, then `openclaw devices approve <requestId>`.',
  },
  pairing_queue_full: {
    tell: 'unauthenticated',
    fix: 'As many devices wait as may: approve or reject some (`openclaw devices list`), or raise security.maxPendingPairings.',
  },
  device_id_mismatch: {
    tell: 'unauthenticated',
    fix: 'The id of a device is the SHA-256 of its public key: the client mixes two identities.',
  },
  device_signature_expired: {
    tell: 'unauthenticated',
    fix: 'The clocks of gateway and device differ by more than two minutes: set them.',
  },
  device_nonce_missing: {
    tell: 'unauthenticated',
    fix: 'The client must sign the challenge that the gateway sends first; use a newer client.',
  },
  device_nonce_mismatch: {
    tell: 'unauthenticated',
    fix: 'The client signed the challenge of another connection, or somebody replays one.',
  },
  device_signature_invalid: {
    tell: 'unauthenticated',
    fix: 'The signature is not of this key over these words (payload v2 or v3); the identity file of the client may be damaged.',
  },
  device_key_invalid: {
    tell: 'unauthenticated',
    fix: 'The public key is no raw Ed25519 key in base64url; the identity file of the client may be damaged.',
  },
  setup_code_invalid: {
    tell: 'unauthenticated',
    fix: 'A setup code works once and for ten minutes: `openclaw qr` makes a new one.',
  },
  setup_code_lapsed: {
    tell: 'unauthenticated',
    fix: 'The setup code was not used in its ten minutes, or the approval of the device that made it ended: `openclaw qr` makes a new one.',
  },
  setup_code_without_key: {
    tell: 'unauthenticated',
    fix: 'A setup code is for a device that shows its key over a WebSocket.',
  },
  changed_meanwhile: {
    tell: 'unauthenticated',
    fix: 'The configuration or an approval changed while the connection was being let in; when it comes again, it is judged by what holds now.',
  },
  session_unknown: {
    tell: 'unauthenticated',
    fix: 'Log in again: `openclaw dashboard` prints a link.',
  },
  session_expired: {
    tell: 'unauthenticated',
    fix: 'Log in again: `openclaw dashboard` prints a link.',
  },
  session_secret_gone: {
    tell: 'unauthenticated',
    fix: 'The secret that made this session is no longer valid. Log in again.',
  },
  login_link_invalid: {
    tell: 'unauthenticated',
    fix: 'A login link works once and for 10 minutes: `openclaw dashboard` prints a new one.',
  },
  tailscale_required: {
    tell: 'unauthenticated',
    fix: 'gateway.auth.tailscale is "require": come through Tailscale Serve.',
  },
  tailscale_funnel: {
    tell: 'unauthenticated',
    fix: 'Funnel carries strangers; log in with the password.',
  },
  tailscale_peer_untrusted: {
    tell: 'unauthenticated',
    fix: 'Tailscale headers count only from tailscaled on this host: a loopback peer owned by root or its user.',
  },
  tailscale_headers_missing: {
    tell: 'unauthenticated',
    fix: 'Tailscale Serve sets Tailscale-User-Login and X-Forwarded-For, -Proto and -Host; something on the way dropped one.',
  },
  tailscale_unavailable: {
    tell: 'unauthenticated',
    fix: 'The gateway cannot ask tailscaled: is it running, and is the `tailscale` command on PATH?',
  },
  tailscale_address_unknown: {
    tell: 'unauthenticated',
    fix: 'tailscaled knows no such address: `tailscale whois <address>`.',
  },
  tailscale_identity_mismatch: {
    tell: 'unauthenticated',
    fix: 'The login in the header is not the owner of the address: `tailscale whois <address>`.',
  },
  trusted_proxy_untrusted_source: {
    tell: 'unauthenticated',
    fix: "Add the proxy's address to gateway.trustedProxies, if it is your proxy.",
  },
  trusted_proxy_loopback_source: {
    tell: 'unauthenticated',
    fix: 'For a proxy on this host set gateway.auth.trustedProxy.allowLoopback.',
  },
  trusted_proxy_local_interface_source: {
    tell: 'unauthenticated',
    fix: 'An address of this host is no proxy; use loopback and gateway.auth.trustedProxy.allowLoopback.',
  },
  trusted_proxy_missing_header: {
    tell: 'unauthenticated',
    fix: 'Make the proxy set every header of gateway.auth.trustedProxy.requiredHeaders.',
  },
  trusted_proxy_user_missing: {
    tell: 'unauthenticated',
    fix: 'Make the proxy set the header named in gateway.auth.trustedProxy.userHeader.',
  },
  trusted_proxy_user_not_allowed: {
    tell: 'unauthenticated',
    fix: 'Add the user to gateway.auth.trustedProxy.allowUsers.',
  },
  local_direct_not_admitted: {
    tell: 'unauthenticated',
    fix: 'gateway.auth.allowLocalDirect is false here: present a credential.',
  },
  locked: {
    tell: 'throttled',
    fix: 'Too many wrong credentials from this address: `openclaw lockouts list`, `openclaw lockouts clear <address>`. If it is the address of your proxy, list it in gateway.trustedProxies: each client is counted by itself then.',
  },
  request_limit: {
    tell: 'throttled',
    fix: 'More requests than rate_limit or security.rateLimit allows.',
  },
  missing_scope: { tell: 'forbidden', fix: 'Use a credential that holds the scope.' },
  exceeds_own_scopes: {
    tell: 'forbidden',
    fix: 'Nobody grants more than they hold: approve with a credential that holds the scope.',
  },
  not_yours: {
    tell: 'forbidden',
    fix: 'A device changes itself alone, and only an administrator other roles than operator: use the owner’s or an administrator’s credential.',
  },
  foreign_conversation: {
    tell: 'forbidden',
    fix: 'A web chat leaves sessionKey out, or calls it "main"; another conversation needs the role operator.',
  },
  role_not_allowed: {
    tell: 'forbidden',
    fix: 'Use a client with the role that this operation needs.',
  },
  body_too_large: {
    tell: 'too-large',
    fix: 'Send less at once: a body may have 1 MiB.',
  },
  unknown_pairing: {
    tell: 'not-found',
    fix: '`openclaw devices list` and `openclaw pairing list` show who waits. A device waits for security.pairingTimeout, a sender for an hour; a request ends when it is answered or replaced.',
  },
  node_unknown: {
    tell: 'not-found',
    fix: '`openclaw nodes list` shows the nodes that are paired; a node pairs by connecting with its key, or with a code of `openclaw qr`.',
  },
  node_not_connected: {
    tell: 'unavailable',
    fix: 'The node has no connection now: start it, and see `openclaw nodes list`.',
  },
  node_command_not_allowed: {
    tell: 'forbidden',
    fix: 'A command runs when the node claims it and an operator has approved it: `openclaw nodes pending`, `openclaw nodes approve <requestId>`.',
  },
  node_timeout: {
    tell: 'unavailable',
    fix: 'The node did not answer in time: give it longer with timeoutMs. The command may have run.',
  },
  node_failed: {
    tell: 'upstream',
    fix: 'The node itself could not do it: the message and the log of the node say why.',
  },
  webhook_forged: {
    tell: 'unauthenticated',
    fix: 'The signature or token is not that of the account: compare its app secret, webhook secret or verify token with the network’s page. If the network did not send it, somebody tries their luck.',
  },
  webhook_not_taken: {
    tell: 'unavailable',
    fix: 'What came could not be kept: the log names what failed. The network delivers it again.',
  },
  unknown_operation: { tell: 'not-found', fix: 'See docs/reference/operations.md.' },
  method_not_allowed: {
    tell: 'wrong-verb',
    fix: 'The Allow header names the verbs of this path.',
  },
  invalid_input: { tell: 'invalid', fix: 'The message names what was wrong.' },
  record_unavailable: {
    tell: 'unavailable',
    fix: 'Changes are refused while the record cannot be written: free disk space, or check the permissions of records/ in the state dir.',
  },
  store_unavailable: {
    tell: 'unavailable',
    fix: 'The store in the state dir cannot be written: free disk space; the log names what failed.',
  },
  stopping: {
    tell: 'unavailable',
    fix: 'The gateway is stopping or restarting: try again in a moment.',
  },
  busy: {
    tell: 'unavailable',
    fix: 'Too much waits already: try again when some of it is done.',
  },
  conflict: {
    tell: 'conflict',
    fix: 'The message names what stands in the way.',
  },
  unknown_entry: {
    tell: 'not-found',
    fix: 'The record keeps what it can; an allow like others of its minute is only counted.',
  },
  internal_error: {
    tell: 'failed',
    fix: '`openclaw logs gateway` has the error under the request id.',
  },
} as const satisfies Record<string, { readonly tell: Tell; readonly fix: string }>

/** What the caller hears: `reply.ts` turns each into a status code, a frame or a close code. */
export type Tell =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'throttled'
  | 'not-found'
  | 'wrong-verb'
  | 'conflict'
  | 'too-large'
  | 'invalid'
  | 'unavailable'
  | 'upstream'
  | 'failed'

export type Reason = keyof typeof REASONS
