import type { ApiError } from '../api/errors.ts';

/** The sentence of the server, and what to do where it is not the page that can do it. */
export function Failed({ failure }: { readonly failure: ApiError }) {
  const message = failure.message.charAt(0).toUpperCase() + failure.message.slice(1);
  return (
    <div class="upload-failed" role="alert">
      <p dir="auto">{/[.!?]$/.test(message) ? message : `${message}.`}</p>
      {failure.code === 'E_FORBIDDEN' && (
        <p>
          Whoever runs the server can let the page make indexes: <code>finetooth ui</code>, or <code>finetooth serve --indexes FOLDER</code>
          .
        </p>
      )}
      {failure.retryAfter !== undefined && <p>Try again in {failure.retryAfter} s.</p>}
    </div>
  );
}
