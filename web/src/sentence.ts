/** A sentence with its capital and its full stop. */
export function sentence(said: string): string {
  const begun = said.slice(0, 1).toUpperCase() + said.slice(1);
  return /[.?!]$/.test(begun) || !begun ? begun : `${begun}.`;
}
