// A range of characters in a text.

export interface Range {
  readonly start: number
  readonly end: number
}
