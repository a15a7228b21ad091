/** Posts a message (or a text as it is) and gives status, content type and text of the answer. */
export async function post(url, body, headers) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers, body: text });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

/** The reply to request `id` in an answer of either media type; throws where there is none. */
export function parseReply({ text, type }, id) {
  if (!type.includes('text/event-stream')) return JSON.parse(text);
  for (const line of text.split(/\r?\n/)) {
    const message = line.startsWith('data:') ? JSON.parse(line.slice(5)) : undefined;
    if (message?.id === id) return message;
  }
  throw new Error('There is no reply in the event stream.');
}
