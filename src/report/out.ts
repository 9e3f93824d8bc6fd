// Where a reporter's text goes.

export interface Out {
  write(text: string): void
}
