// Parses SPF's domain-spec and macro strings (RFC 7208, sections 7.1 and 12).
import type { Untrusted } from '../../../shell/untrusted.ts'

/** The letters c, r and t are for explanations only, which are texts of their own. */
const EXPAND = /%(?:[%_-]|\{[slodiphv]\d*r?[.\-+,/_=]*\})/gi
/** Visible ASCII but the percent sign. */
const LITERAL = /^[\x21-\x24\x26-\x7e]*$/
const TOP_LABEL = /\.(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])\.?$/i

export const isMacroString = (text: Untrusted): boolean => LITERAL.test(text.replace(EXPAND, ''))

/** A name, or a macro string that ends in a top label or in an expansion. */
export const isDomainSpec = (text: Untrusted): boolean =>
  isMacroString(text) && (TOP_LABEL.test(text) || text.replace(EXPAND, '\0').endsWith('\0'))

/** Whether what it names depends on the message: it cannot be looked up beforehand. */
export const hasMacro = (domainSpec: Untrusted): boolean => domainSpec.includes('%')
