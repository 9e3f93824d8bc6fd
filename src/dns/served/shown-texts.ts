// What a server serves, shortened for messages.

const [RECORDS, CHARACTERS] = [8, 1000] as const

/** @param texts - of records, as a zone file has them */
export function shownTexts(texts: readonly string[]): string {
  const shown = texts
    .slice(0, RECORDS)
    .map((text) => (text.length <= CHARACTERS ? text : `${text.slice(0, CHARACTERS)}…`))
  return [...shown, ...(texts.length > RECORDS ? [`${texts.length - RECORDS} more`] : [])].join(' and ')
}
