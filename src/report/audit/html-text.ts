// Text of unknown origin in a page of HTML.
import { harmlessLine } from '../harmless.ts'
import { escapeMarkup } from './markup.ts'

export const text = (value: string): string => escapeMarkup(harmlessLine(value))
/** Long names may be parted behind their dots. */
export const named = (value: string): string => text(value).replaceAll('.', '.<wbr>')
export const code = (value: string): string => `<code>${text(value)}</code>`
