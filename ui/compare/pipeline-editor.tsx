export function PipelineEditor(_: { readonly side: 0 | 1 }) {
  return <p>Editor</p>;
}
