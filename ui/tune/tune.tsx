/** Entry of the view. */
export function Tune() {
  return <h1>Tune</h1>;
}
