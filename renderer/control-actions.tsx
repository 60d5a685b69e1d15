// What the user can do to the gateway, each with its answer on screen: done (with undo where there is one) or what
// went wrong and what to do about it.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ProviderView } from '../src/contract/rows.ts';
import { GatewayError } from './gateway-client.ts';
import { useGateway } from './live/use-live.ts';
import styles from './styles/toast.module.css';

/** The toast of the last change that can be taken back; one id, so that a second change replaces the first. */
const undoToast = 'undo';
const undoForMs = 6_000;

/** The sentence of an error, as the gateway or the client wrote it. */
export function explainError(error: unknown): string {
  return error instanceof GatewayError ? error.message : String(error);
}

export function showFailure(what: string, error: unknown): void {
  notifications.show({ title: what, message: explainError(error), autoClose: 10_000 });
}

let undoLast: (() => void) | null = null;

function dropUndo(): void {
  undoLast = null;
}

/** Says what was done; its Undo, or Ctrl+Z, takes it back for six seconds. */
export function showUndoable(message: string, undo: () => void): void {
  // First, since hiding the toast of an earlier change drops that change's undo.
  notifications.hide(undoToast);
  undoLast = () => {
    dropUndo();
    notifications.hide(undoToast);
    undo();
  };
  notifications.show({
    id: undoToast,
    autoClose: undoForMs,
    onClose: dropUndo,
    withCloseButton: false,
    message: (
      <span className={styles.line}>
        <span>{message}</span>
        <Button onClick={() => undoLast?.()}>Undo</Button>
      </span>
    ),
  });
}

/** Confirms in passing. */
export function showDone(message: string): void {
  notifications.show({ message, autoClose: 3_000, withCloseButton: false });
}

/** Switches the default route; the toast that follows can undo it for six seconds. */
export function useSwitchProvider(providers: readonly ProviderView[]) {
  const { client } = useGateway();
  const labelOf = (id: string): string => providers.find((provider) => provider.id === id)?.label ?? id;
  const mutation = useMutation({
    mutationFn: (id: string) => client.call('route.use', { provider: id }),
    onSuccess: ({ previous, current }) => {
      if (previous !== current) {
        showUndoable(`Switched to ${labelOf(current)} for new requests.`, () => undo.mutate(previous));
      }
    },
    onError: (error, id) => showFailure(`Still not switched to ${labelOf(id)}`, error),
  });
  const undo = useMutation({
    mutationFn: (id: string) => client.call('route.use', { provider: id }),
    onSuccess: ({ current }) => showDone(`Back to ${labelOf(current)}.`),
    onError: (error) => showFailure('Not switched back', error),
  });
  return mutation;
}

/** Ctrl+Z or Cmd+Z takes back the last change while its toast is shown; text fields keep their own undo. */
export function useUndoKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'z' || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
      if (undoLast === null || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      undoLast();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Pauses or resumes the gateway. */
export function usePause() {
  const { client } = useGateway();
  return useMutation({
    mutationFn: (paused: boolean) => client.call('gateway.pause', { paused }),
    onError: (error, paused) => showFailure(paused ? 'Not paused' : 'Not resumed', error),
  });
}

/** Sends one small request that the practice provider answers. */
export function usePracticeRequest() {
  const { client } = useGateway();
  return useMutation({
    mutationFn: () => client.call('practice.send', {}),
    onError: (error) => showFailure('No practice request was sent', error),
  });
}
