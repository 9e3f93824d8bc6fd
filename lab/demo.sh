#!/usr/bin/env bash
# Shows mailrun's main job on a small fleet of real hosts: `npm run demo`.
set -eu
cd "$(dirname "$0")/.."

refuse() {
  cat >&2 <<TEXT
demo: $1
The demo starts four Debian hosts as containers, which needs Linux, root and Node 20.
On a host of your own, reached by ssh:

  npm ci
  npx mailrun playbooks/dkim.ts -i inventory.yaml --check

with this inventory.yaml:

  mail:
    hosts:
      mx1.example.org: { ansible_user: root }
    vars:
      domains: [example.org]
TEXT
  exit 1
}

[ "$(uname -s)" = Linux ] || refuse "this machine runs $(uname -s), not Linux."
[ "$(id -u)" = 0 ] || refuse 'this is not root.'
command -v node >/dev/null || refuse 'there is no node.'
new_enough='
const [major, minor] = process.versions.node.split(".").map(Number)
process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)
'
node -e "$new_enough" \
  || refuse "this is Node $(node --version); Node 20.19 or newer is needed."

step() { printf '\n== %s\n' "$*"; }

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  step 'npm ci'
  npm ci --no-audit --no-fund
else
  npm run --silent build
fi

lab() { node dist/lab/main.js --name demo "$@"; }
lab=demo
state="${MAILRUN_LAB_STATE:-/var/lib/mailrun-lab}/$lab"
# The demo's hosts have no DNS: their keys sign unpublished.
flags="-i inventory/hosts.yaml -e dns=false --become-password-file $state/become-password"
# The inventory names the ssh_config where a demo has it, unless MAILRUN_LAB_STATE says otherwise.
[ -z "${MAILRUN_LAB_STATE:-}" ] || flags="$flags -e ansible_ssh_common_args=-F$state/ssh_config"
# shellcheck disable=SC2086 # several words
dkim() { node dist/bundle/mailrun.js playbooks/dkim.ts $flags "$@"; }

step 'four fresh Debian hosts: two with Postfix, two bare'
known=$([ -e "$state/state.json" ] && echo yes || echo no)
lab up 4
[ "$known" = no ] || lab reset

step 'mailrun playbooks/dkim.ts: the first run'
dkim

step 'the second run: everything is as it should be already'
dkim

step 'mailrun playbooks/dkim.ts --check'
if dkim --check >/dev/null; then
  echo 'Exit status 0: nothing is left to change.'
else
  status=$?
  echo "demo: --check ended with exit status $status, where 0 was expected:" \
    'run it by hand without >/dev/null to see what it would change' >&2
  exit "$status"
fi

cat <<TEXT

Look around:
  npm run lab -- --name demo ssh mx1
  npx mailrun playbooks/dkim.ts $flags --check --diff
and take it down:
  npm run lab -- --name demo down
TEXT
