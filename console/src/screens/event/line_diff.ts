/** What is different between two texts, line by line. */

/** One line: only in the old text, only in the new one, or in both. */
export type DiffLine = { kind: "removed" | "added" | "same"; text: string };

/** Beyond so many pairs of lines the middle is shown as replaced: comparing them all would take too long. */
const PAIRS_MAX = 4_000_000;

/** The fewest lines that turn `before` into `after`, in order; what is the same at both ends is not compared. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shorter && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  const middle = {
    old: old.slice(head, old.length - tail),
    fresh: fresh.slice(head, fresh.length - tail),
  };
  return [
    ...old.slice(0, head).map(same),
    ...middleDiff(middle.old, middle.fresh),
    ...old.slice(old.length - tail).map(same),
  ];
}

/** The changes with so many equal lines around them; `null` stands for equal lines that were left out. */
export function diffHunks(lines: readonly DiffLine[], around = 3): (DiffLine | null)[] {
  const changes = lines.flatMap(({ kind }, at) => (kind === "same" ? [] : [at]));
  const isNear = lines.map(() => false);
  for (const at of changes) isNear.fill(true, Math.max(0, at - around), at + around + 1);
  return lines.flatMap((line, at) => {
    if (isNear[at] === true) return [line];
    return at === 0 || isNear[at - 1] === true ? [null] : [];
  });
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}

function same(text: string): DiffLine {
  return { kind: "same", text };
}

/** By the longest common subsequence. */
function middleDiff(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: "removed", text });
  const added = (text: string): DiffLine => ({ kind: "added", text });
  if (old.length * fresh.length > PAIRS_MAX) return [...old.map(removed), ...fresh.map(added)];
  const width = fresh.length + 1;
  // common[i * width + j]: lines in common of old from i on and fresh from j on.
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const at = i * width + j;
      common[at] =
        old[i] === fresh[j]
          ? (common[at + width + 1] ?? 0) + 1
          : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < fresh.length) {
    const at = i * width + j;
    if (old[i] === fresh[j]) {
      lines.push(same(old[i] ?? ""));
      i++;
      j++;
    } else if ((common[at + width] ?? 0) >= (common[at + 1] ?? 0)) lines.push(removed(old[i++] ?? ""));
    else lines.push(added(fresh[j++] ?? ""));
  }
  return [...lines, ...old.slice(i).map(removed), ...fresh.slice(j).map(added)];
}
