// Backend `none`: mailrun plans and verifies the records of a zone, and somebody publishes them by hand.
import { defineBackend } from '../backend.ts'

export const manual = defineBackend({
  via: 'none',
  how: 'by other ways: planned and verified, not pushed',
  set: 'dns.via: none for a zone that is kept in other ways',
  guard: 'nothing-pushed',
  vars: {},
  settle: () => 'by-hand',
})
