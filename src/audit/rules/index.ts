// The audit's rules on hosts, by what they look at.
import { OPENDKIM_RULES } from './opendkim/index.ts'
import { ORIGIN_RULES } from './origin.ts'
import { POSTFIX_RULES } from './postfix/index.ts'

/** On the setup of one host. */
export const SETUP_RULES = [...OPENDKIM_RULES, ...POSTFIX_RULES]

/** On one host, and what was proved of it. */
export const HOST_RULES = ORIGIN_RULES
