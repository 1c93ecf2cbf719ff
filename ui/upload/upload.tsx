/** Entry of the dialog in which files become an index. */
export function Upload() {
  return <p>Drop files or a folder here.</p>;
}
