/**
 * The candidate closest to a misspelt word, or `undefined` where none is close enough to be what was meant
 * (more than a third of the letters would have to change). Case and punctuation do not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = bare(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const plain = bare(candidate);
    const distance = oneExtendsTheOther(wanted, plain) ? 1 : editDistance(wanted, plain);
    if (distance < bestDistance && distance <= Math.max(1, Math.floor(plain.length / 3))) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

// ---

const LONGEST = 64;
const SHORTEST_PREFIX = 3;

function oneExtendsTheOther(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < SHORTEST_PREFIX) return false;
  return a.startsWith(b) || b.startsWith(a);
}

function bare(word: string): string {
  return word
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
