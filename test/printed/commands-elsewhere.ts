/** Printed commands of other programs: nothing here answers to them. */
import type { Elsewhere } from './printed.ts'

const LINES: Readonly<Record<string, readonly string[]>> = {
  'makes a token; any of them will do': [
    'openssl rand -hex 32',
    'openssl rand -base64 32',
    'python3 -c "import secrets; print(secrets.token_hex(32))"',
    `node -e "console.log(require('crypto').randomBytes(32).toString('hex'))"`,
  ],
  'Tailscale’s own; with `gateway.tailscale.mode` the gateway runs `tailscale serve` itself': [
    'curl -fsSL https://tailscale.com/install.sh | sh',
    'tailscale serve https:443 http://127.0.0.1:18789',
  ],
  'Cloudflare’s own': [
    'curl -L https://github.com/cloudflare/cloudflared/releases/latest/download/cloudflared-linux-amd64 -o cloudflared',
    'sudo mv cloudflared /usr/local/bin/',
    'sudo chmod +x /usr/local/bin/cloudflared',
    'cloudflared tunnel login',
    'cloudflared tunnel create openclaw-gateway',
    'cloudflared tunnel route dns openclaw-gateway gateway.example.com',
    'cloudflared tunnel run --url http://localhost:18789 openclaw-gateway',
  ],
  'nginx’s password file': [
    'apt-get install apache2-utils',
    'htpasswd -c /etc/nginx/.htpasswd openclaw-user',
    'htpasswd /etc/nginx/.htpasswd another-user',
  ],
  'Docker’s own, [as a service](deploy.md#with-docker-compose); refusals are on the gateway’s standard output as lines that begin with `auth`':
    [
      'docker compose logs openclaw-gateway | grep -i auth',
      'docker compose restart openclaw-gateway',
    ],
  'age’s own': [
    'brew install age',
    'apt install age',
    'age -o .secrets.age -R recipients.txt .secrets',
    'age -d -i key.txt .secrets.age',
  ],
  'the shell’s own; `openclaw config explain gateway.auth.token` says which source of the token won':
    ['echo $OPENCLAW_GATEWAY_TOKEN', 'source .secrets'],
  'writes files; what may stand in them is below': [
    'cat > .env << EOF',
    "cat > nginx-auth.conf << 'EOF'",
    'mkdir -p config/auth',
    "cat > config/auth/api_keys.json << 'EOF'",
    'cat > .secrets << EOF',
  ],
}

export const ELSEWHERE_COMMANDS: readonly Elsewhere[] = Object.entries(LINES).flatMap(
  ([does, lines]) =>
    lines.map((line) => ({ line, does, state: 'elsewhere', topic: 'Programs of others' }) as const),
)
