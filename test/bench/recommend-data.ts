/** Reads the measuring sets: sessions with test prefixes, users with held-out items, sequences. Nothing is bundled. */
import { existsSync, readFileSync } from "node:fs";
import { seeded, shuffle } from "../../worker/lib/seeded.ts";
import { type Sessions, sliceSessions } from "../../worker/recommend/engine/sessions.ts";

/** A question to the recommender and its right answers. */
export interface TestCase {
  history: Int32Array;
  wanted: Int32Array;
}

export interface Dataset {
  kind: "sessions" | "users" | "sequences";
  train: Sessions;
  test: TestCase[];
  itemCount: number;
}

/** Dense indexes for the item numbers of a file, in order of appearance. */
function numbering() {
  const indexes = new Map<string, number>();
  const indexOf = (name: string) => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    indexes.set(name, indexes.size);
    return indexes.size - 1;
  };
  return { indexes, indexOf };
}

const linesOf = (path: string) => readFileSync(path, "utf8").split("\n").filter(Boolean);

function flatten(lists: number[][]): Sessions {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, index) => {
    starts[index + 1] = starts[index]! + list.length;
  });
  return { items: Int32Array.from(lists.flat()), starts };
}

/** All that one person did is one list. */
function ofPeople(lists: number[][]): Sessions {
  return { ...flatten(lists), previous: new Int32Array(lists.length).fill(-1) };
}

/**
 * An invented shop: kinds of forty items that people stay within, some far more liked than others; the newest fiftieth of the
 * visits asks. As large as is wanted: what is measured is what a size costs.
 */
export function inventDataset(itemCount: number, events: number): Dataset {
  const random = seeded(5);
  const liked = (n: number) => Math.floor(n * random() ** 2.5);
  const kinds = Math.ceil(itemCount / KIND);
  const visits = Math.ceil(events / VISIT);
  const items = new Int32Array(visits * VISIT);
  for (let visit = 0; visit < visits; visit++) {
    let kind = liked(kinds);
    for (let at = visit * VISIT; at < (visit + 1) * VISIT; at++) {
      if (random() < 0.15) kind = liked(kinds);
      items[at] = Math.min(itemCount - 1, kind * KIND + liked(KIND));
    }
  }
  const starts = Int32Array.from({ length: visits + 1 }, (_, visit) => visit * VISIT);
  const first = Math.floor(visits * 0.98);
  const test = Array.from({ length: Math.min(5000, visits - first) }, (_, index) => {
    const begin = (first + index) * VISIT;
    return { history: items.slice(begin, begin + VISIT - 1), wanted: items.slice(begin + VISIT - 1, begin + VISIT) };
  });
  return { kind: "sessions", train: sliceSessions({ items, starts }, 0, first), test, itemCount };
}

const KIND = 40;
const VISIT = 5;

/** Any folder of the three formats that are described in the README of the measuring data. */
export function readDataset(folder: string): Dataset {
  const { indexes, indexOf } = numbering();
  if (existsSync(`${folder}/train_sessions.txt`)) {
    const train = flatten(linesOf(`${folder}/train_sessions.txt`).map((line) => line.trim().split(" ").map(indexOf)));
    const itemCount = indexes.size;
    const test = linesOf(`${folder}/test_prefix_target.txt`).map((line) => {
      const [prefix = "", target = ""] = line.split("\t");
      const known = prefix
        .trim()
        .split(" ")
        .map(indexOf)
        .filter((item) => item < itemCount);
      return { history: Int32Array.from(known), wanted: Int32Array.of(indexOf(target.trim())) };
    });
    return { kind: "sessions", train, test, itemCount };
  }
  if (existsSync(`${folder}/sequences.txt`)) {
    const people = linesOf(`${folder}/sequences.txt`).map((line) => line.trim().split(" ").slice(1).map(indexOf));
    return {
      kind: "sequences",
      train: ofPeople(people.map((list) => list.slice(0, -2))),
      test: people.map((list) => ({
        history: Int32Array.from(list.slice(0, -1)),
        wanted: Int32Array.from(list.slice(-1)),
      })),
      itemCount: indexes.size,
    };
  }
  const people = linesOf(`${folder}/train.txt`).map((line) => line.trim().split(" "));
  const random = seeded(7);
  const train = people.map((list) => {
    const items = Int32Array.from(list.slice(1).map(indexOf));
    // In no order of time, and so in none that could be learned from.
    shuffle(items, random);
    return [...items];
  });
  const historyOf = new Map(people.map((list, index) => [list[0], train[index] ?? []]));
  const test = linesOf(`${folder}/test.txt`)
    .map((line) => line.trim().split(" "))
    .map(([user, ...items]) => ({
      history: Int32Array.from(historyOf.get(user) ?? []),
      wanted: Int32Array.from(items.map(indexOf)),
    }));
  return { kind: "users", train: ofPeople(train), test, itemCount: indexes.size };
}
