/** Hints about what the gateway runs under: systemd, a container. */
import type { Check } from '../types.ts'

export const serviceSecret: Check = {
  id: 'service.secret_in_unit',
  severity: 'warning',
  title: 'A systemd unit contains a secret',
  why: 'Units are readable by everybody, and a token in one goes on winning over the config file after it was changed there (R46, SPEC 1).',
  find: ({ service }) =>
    service.units.flatMap(({ path, secrets }) =>
      secrets.map((name) => ({
        detail: `${path} sets ${name}`,
        fix: 'Take the line out, keep the secret in openclaw.json or .env of the state dir, then systemctl daemon-reload',
      })),
    ),
}

export const serviceLingers: Check = {
  id: 'service.ends_at_logout',
  severity: 'warning',
  title: 'The gateway ends when its user logs out',
  why: 'systemd stops a user’s units with their last session, unless the user lingers (loginctl(1)).',
  find: ({ service: { units, lingers } }) =>
    lingers === false && units.some(({ scope }) => scope === 'user')
      ? [
          {
            detail: 'there is a user unit, and this user does not linger',
            fix: 'loginctl enable-linger',
          },
        ]
      : [],
}

export const serviceContainer: Check = {
  id: 'service.container_loopback',
  severity: 'info',
  title: 'In a container, and listening inside it alone',
  why: 'A published port leads to the container’s own address, not to its loopback. With bind `lan` inside, publish it as 127.0.0.1:18789:18789 and it stays on this host.',
  find: ({ service, config }) =>
    service.container && config.kind === 'loaded' && config.bind === 'loopback'
      ? [
          {
            detail: 'gateway.bind is loopback: nothing outside the container reaches it',
            fix: 'Set OPENCLAW_GATEWAY_BIND=lan for the container, with a token of 32 characters or more',
          },
        ]
      : [],
}
