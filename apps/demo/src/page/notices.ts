import { signal } from '@preact/signals';

/** What people should know of: a lost context, a backend that is not there, a file that cannot be loaded. */
export const notices = signal<readonly string[]>([]);

/** Shows a notice until it is closed. */
export function notify(text: string): void {
  if (!notices.value.includes(text)) notices.value = [...notices.value, text];
}
