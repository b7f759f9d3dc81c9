/**
 * Gives signals, messages and timers a turn, which waiting for a synchronous backend does not. Unlike timers and
 * animation frames this is not slowed down in hidden tabs.
 */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
