#!/usr/bin/env bash
# Runs published command lines of the protocol against this gateway and prints what became of each command.
# Not part of `npm test`: an install is several hundred megabytes. See docs/real-clients.md.
#
#   scripts/real-clients.sh [VERSION…]        REAL_CLIENTS_DIR=DIR keeps the installs for the next run
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"
versions=("$@")
((${#versions[@]})) || versions=(2026.9.6 2026.4.29)

scratch=$(mktemp -d "${TMPDIR:-/tmp}/real-clients-XXXXXX")
installs=${REAL_CLIENTS_DIR:-$scratch/installs}
token=$(node -p 'require("node:crypto").randomBytes(32).toString("hex")')
agent=gatehouse # No client has an agent of that name: where it is printed, it came from the gateway.
gateway_pid=
client_pid=

stop() { # PID, or nothing
  if [[ -n $1 ]]; then
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
  fi
}
trap 'stop "$client_pid"; stop "$gateway_pid"; rm -rf "$scratch"' EXIT

install() { # VERSION
  [[ -d $installs/$1/node_modules/openclaw ]] && return
  echo "installing openclaw@$1" >&2
  mkdir -p "$installs/$1"
  (cd "$installs/$1" && npm init -y >/dev/null &&
    npm install "openclaw@$1" --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
}

# A gateway that nobody used before, on a free port.
start_gateway() { # FOLDER
  mkdir -p -m 700 "$1"
  cat >"$1/openclaw.json" <<JSON
{ gateway: { auth: { mode: "token", token: "$token" } },
  agents: { list: [{ id: "$agent" }] },
  channels: { telegram: { token: "123456:never-used" } } }
JSON
  chmod 600 "$1/openclaw.json"
  : >"$1/output"
  env -i PATH="$PATH" HOME="$1" OPENCLAW_STATE_DIR="$1" \
    node "$root/dist/index.js" gateway --port 0 >"$1/output" 2>&1 &
  gateway_pid=$!
  port=
  until [[ -n $port ]]; do
    kill -0 "$gateway_pid" 2>/dev/null || { cat "$1/output" >&2; exit 1; }
    port=$(sed -nE '1s/.* listens on http:\/\/[^ ]*:([0-9]+).*/\1/p' "$1/output")
    sleep 0.05
  done
}

# What the client knows of the gateway: `local` and `remote` from its own configuration, `flags` nothing.
client_config() { # MODE FOLDER
  local gateway
  case $1 in
    local) gateway="\"mode\": \"local\", \"port\": $port, \"auth\": { \"mode\": \"token\", \"token\": \"$token\" }" ;;
    remote) gateway="\"mode\": \"remote\", \"remote\": { \"url\": \"ws://127.0.0.1:$port\", \"token\": \"$token\" }" ;;
    flags) gateway="\"mode\": \"remote\", \"remote\": { \"url\": \"ws://127.0.0.1:9\", \"token\": \"none\" }" ;;
  esac
  mkdir -p -m 700 "$2" "$2/state" "$2/tmp"
  echo "{ \"gateway\": { $gateway }, \"logging\": { \"file\": \"$2/client.log\" }, \"update\": { \"checkOnStart\": false } }" \
    >"$2/state/openclaw.json"
  chmod 600 "$2/state/openclaw.json"
}

# Runs the client of this column; leaves $output, without frames of tables and in one line, and $code.
client() { # WORD…
  local mode=$column_mode flags=()
  # Some commands take an address; where it is remote they get it that way, from a client that knows none.
  case "$column_mode $1" in
    'remote gateway' | 'remote devices' | 'remote logs')
      mode=flags flags=(--url "ws://127.0.0.1:$port" --token "$token") ;;
  esac
  local home=$column_dir/$mode
  [[ -d $home ]] || client_config "$mode" "$home"
  code=0
  # The dead proxy stands for a machine without a network: nothing here may need one.
  (cd "$home" && exec env -i PATH="$PATH" HOME="$home" TMPDIR="$home/tmp" TERM=dumb NO_COLOR=1 \
    OPENCLAW_STATE_DIR="$home/state" NODE_USE_ENV_PROXY=1 HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=127.0.0.1,localhost \
    timeout 90 node "$installs/$version/node_modules/openclaw/openclaw.mjs" "$@" "${flags[@]}") \
    >"$column_dir/last" 2>&1 &
  client_pid=$!
  wait "$client_pid" || code=$?
  client_pid=
  output=$(sed 's/[│┌┐└┘├┤┬┴┼─]/ /g' "$column_dir/last" | tr -s ' \n' ' ')
}

declare -A cells=() listed=()
commands=()
failures=0

note() { # COMMAND RESULT
  [[ -n ${listed[$1]:-} ]] || commands+=("$1")
  listed[$1]=yes
  cells["$1 $column"]=$2
  if [[ $2 == FAILED* ]]; then
    failures=$((failures + 1))
    echo "$column: $1: $2" >&2
    sed 's/^/    /' "$column_dir/last" | tail -n 12 >&2
  fi
}

# The line of the last output that says most.
why() {
  local line
  line=$(grep -iE -m 1 'failed|reason|error|refus' "$column_dir/last" || tail -n 1 "$column_dir/last")
  echo "${line:0:100}" | tr '|`' '  '
}

# Real data or nothing: besides exit 0, every TEXT has to be in what the command printed.
check() { # COMMAND WORD… -- TEXT…
  local name=$1 words=() text
  shift
  while [[ $1 != -- ]]; do words+=("$1") && shift; done
  shift
  client "${words[@]}"
  if ((code)); then
    note "$name" "FAILED: exit $code, $(why)"
    return 1
  fi
  for text in "$@"; do
    if [[ $output != *"$text"* ]]; then
      note "$name" "FAILED: did not print \"$text\""
      return 1
    fi
  done
  note "$name" ok
}

# The asking device: prints a field of what became of it.
device() { # FILE shared|device FIELD
  REAL_CLIENTS_TOKEN=$token node "$root/scripts/real-clients-device.ts" "$port" "$column_dir/$1" "$2" "$device_scopes" >"$column_dir/last"
  node -p "JSON.parse(require('node:fs').readFileSync(0, 'utf8'))['$3'] ?? ''" <"$column_dir/last"
}

# What has to be true afterwards, as the device itself sees it.
expect_device() { # COMMAND FILE shared|device KIND
  local kind
  kind=$(device "$2" "$3" kind)
  [[ $kind == "$4" ]] || note "$1" "FAILED: afterwards the device is $kind, not $4"
}

devices_rows() {
  local asked asked_id other other_id command
  asked=$(device first shared requestId)
  asked_id=$(device first shared deviceId)
  if [[ -z $asked ]]; then
    for command in list approve reject rotate revoke; do
      note "devices $command" 'FAILED: the gateway keeps no request of the asking device'
    done
    return
  fi
  check 'devices list' devices list -- "$asked" 'Pending (1)' || true
  check 'devices approve' devices approve "$asked" -- "Approved $asked_id" &&
    expect_device 'devices approve' first shared admitted || true

  other=$(device second shared requestId)
  other_id=$(device second shared deviceId)
  check 'devices reject' devices reject "$other" -- "Rejected $other_id" &&
    expect_device 'devices reject' second shared refused || true

  # The token of before holds once more, to fetch the new one, and ends when that has been used.
  cp "$column_dir/first" "$column_dir/first-before"
  check 'devices rotate' devices rotate --device "$asked_id" --role operator -- "$asked_id" rotatedAtMs &&
    expect_device 'devices rotate' first device admitted &&
    expect_device 'devices rotate' first device admitted &&
    expect_device 'devices rotate' first-before device refused || true
  check 'devices revoke' devices revoke --device "$asked_id" --role operator -- "$asked_id" revokedAtMs &&
    expect_device 'devices revoke' first device refused || true
}

column_rows() {
  check health health -- "Agents: $agent (default)" || true
  check status status -- "app $ours linux" || true
  check 'status --deep' status --deep -- "app $ours linux" 'Gateway reachable' 'Last heartbeat none' || true
  check 'gateway probe' gateway probe -- 'Reachable: yes' 'Connect: ok' || true
  check 'gateway call health' gateway call health -- "\"defaultAgentId\": \"$agent\"" || true
  check 'channels status' channels status -- 'Gateway reachable.' 'Telegram default: configured' || true
  check logs logs -- 'gateway started' "$column_dir/gateway/logs/gateway.log" || true
  devices_rows
  if [[ $version == 2026.4.* ]]; then
    note 'agent --message' 'not run: it installs plugins before it asks a gateway'
  else
    check 'agent --message' agent --session-key "agent:$agent:main" --message /status -- "version: $ours" "agent: $agent" || true
  fi
}

npm run --silent --prefix "$root" build >&2
ours=$(node -p "require('$root/package.json').version")
columns=()
for version in "${versions[@]}"; do
  install "$version"
  # An approver grants what it holds, and older command lines ask for no more than the right to pair.
  device_scopes=operator.write
  [[ $version == 2026.4.* ]] && device_scopes=operator.pairing
  for column_mode in local remote; do
    column="$version $column_mode"
    columns+=("$column")
    column_dir=$scratch/$version-$column_mode
    mkdir -p "$column_dir"
    start_gateway "$column_dir/gateway"
    column_rows
    stop "$gateway_pid"
    gateway_pid=
  done
done

printf '| command |' && printf ' %s |' "${columns[@]}" && echo
printf '| --- |' && printf ' --- |%.0s' "${columns[@]}" && echo
for command in "${commands[@]}"; do
  printf '| `%s` |' "$command"
  for column in "${columns[@]}"; do printf ' %s |' "${cells["$command $column"]}"; done
  echo
done
((failures == 0))
