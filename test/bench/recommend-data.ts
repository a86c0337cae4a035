/** Reads the measuring sets: sessions with test prefixes, users with held-out items, sequences. Nothing is bundled. */
import { existsSync, readFileSync } from "node:fs";
import type { Sessions } from "../../worker/recommend/engine/sessions.ts";

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
      train: flatten(people.map((list) => list.slice(0, -2))),
      test: people.map((list) => ({
        history: Int32Array.from(list.slice(0, -1)),
        wanted: Int32Array.from(list.slice(-1)),
      })),
      itemCount: indexes.size,
    };
  }
  const people = linesOf(`${folder}/train.txt`).map((line) => line.trim().split(" "));
  const train = people.map((list) => list.slice(1).map(indexOf));
  const historyOf = new Map(people.map((list, index) => [list[0], train[index] ?? []]));
  const test = linesOf(`${folder}/test.txt`)
    .map((line) => line.trim().split(" "))
    .map(([user, ...items]) => ({
      history: Int32Array.from(historyOf.get(user) ?? []),
      wanted: Int32Array.from(items.map(indexOf)),
    }));
  return { kind: "users", train: flatten(train), test, itemCount: indexes.size };
}
