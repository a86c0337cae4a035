/** What every reader of a feed's text answers. */

export type Fields = Record<string, string | string[]>;

export interface FeedRecord {
  /** From 1, in file order. */
  number: number;
  fields: Fields;
  /** What is wrong with the record as such. */
  problem?: string;
}

export interface ReaderPlace {
  /** Bytes of UTF-8 from the beginning of the text. */
  offset: number;
  /** Records until there. */
  number: number;
  /** XML: beginnings of the elements that are open there. */
  roots?: string[];
}

export interface Reader {
  /** Throws `RecordTooLong`. */
  push(text: string): FeedRecord[];
  end(): { records: FeedRecord[]; problem: string | undefined };
  place(): ReaderPlace;
}

export const START: ReaderPlace = { offset: 0, number: 0 };

/** No record ends for so long that the file cannot be what it seems. The message is for the shop. */
export class RecordTooLong extends Error {}
