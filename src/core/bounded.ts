/** Maps that do not grow for ever, for what may be lost. */

/** Sets the key. Where there are too many, the one that was put first goes. */
export function putBounded<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  const oldest = map.keys().next();
  if (map.size >= limit && !map.has(key) && !oldest.done) map.delete(oldest.value);
  map.set(key, value);
}
