/** Bytes of an answer that are read at most: 10,000 vectors of 4,096 numbers take less. */
const MOST_BYTES = 1_073_741_824;

/** How a request fails that ended on this side; `failureOf` reads it. */
export class AnswerTooLarge extends Error {}

const bounded = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  let seen = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, controller) => {
        seen += piece.byteLength;
        if (seen > MOST_BYTES) controller.error(new AnswerTooLarge(`its answer is larger than ${MOST_BYTES} bytes`));
        else controller.enqueue(piece);
      },
    }),
  );
};

/** `fetch` that follows no redirection, which could carry a key elsewhere, and reads no answer without end. */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  const { status, statusText, headers, body } = response;
  const length = Number(headers.get('content-length') ?? 0);
  if (length > MOST_BYTES) throw new AnswerTooLarge(`its answer is larger than ${MOST_BYTES} bytes`);
  // A stated length is kept by the protocol.
  if (body === null || length > 0) return response;
  return new Response(bounded(body), { status, statusText, headers });
};
