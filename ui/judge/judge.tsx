/** Entry of the view. */
export function Judge() {
  return <h1>Judge</h1>;
}
