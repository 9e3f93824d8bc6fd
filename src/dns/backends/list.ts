// The list of all DNS backends, one line for each. docs/contributing/dns-backend.md explains how to add one.
export { bindOnHost } from './bind-on-host/bind-on-host.ts'
export { knot } from './knot/knot.ts'
export { manual } from './manual/manual.ts'
export { nsupdate } from './nsupdate/nsupdate.ts'
