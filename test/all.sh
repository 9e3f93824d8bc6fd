#!/usr/bin/env bash
# All tests, unit and lab: `npm test`. Ends with "N passed, N failed", whatever happens.
set -u
cd "$(dirname "$0")/.."
fail() { echo "test: $1" >&2; echo '0 passed, 1 failed'; exit 1; }

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund || fail 'npm ci failed'
fi
npm run --silent build || fail 'the build failed'
exec node dist/test/run.js all
