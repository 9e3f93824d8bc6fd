// SPF's domain-spec and macro strings (RFC 7208, sections 7.1 and 12).

const EXPAND = /%(?:[%_-]|\{[slodiphcrtv]\d*r?[.\-+,/_=]*\})/gi
/** Visible ASCII but the percent sign. */
const LITERAL = /^[\x21-\x24\x26-\x7e]*$/
const TOP_LABEL = /\.(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])\.?$/i

/** A macro string: expansions are kept as they are. The letters c, r and t are for explanations only. */
export function isMacroString(text: string, explanation = false): boolean {
  const expansions = text.match(EXPAND) ?? []
  return LITERAL.test(text.replace(EXPAND, '')) && (explanation || !expansions.some((each) => /^%\{[crt]/i.test(each)))
}

/** A name, or a macro string that ends in a top label or in an expansion. */
export const isDomainSpec = (text: string): boolean => isMacroString(text) && (TOP_LABEL.test(text) || /%\{[^{}]*\}$/.test(text))

/** Whether what it names depends on the message: it cannot be looked up beforehand. */
export const hasMacro = (domainSpec: string): boolean => domainSpec.includes('%')
