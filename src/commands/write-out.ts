/** Writes, and waits where the reader is slower: memory stays flat however much there is. */
export async function writeOut(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (text === '' || stream.write(text)) return;
  await new Promise<void>((resume) => stream.once('drain', () => resume()));
}
