// The two switches of the whole gateway: pause or resume, connect Claude Code or give it back.
import { Button } from '@mantine/core';
import { usePause } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';

export function PauseButton() {
  const status = useLive((state) => state.status);
  const isLive = useLive((state) => state.link.kind === 'live');
  const pause = usePause();
  if (status === null) return null;
  return (
    <Button
      disabled={!isLive || pause.isPending}
      title={status.paused ? 'Answer new requests again' : 'Refuse new requests; running answers finish'}
      onClick={() => pause.mutate(!status.paused)}
    >
      {status.paused ? 'Resume' : 'Pause'}
    </Button>
  );
}

interface TakeOverButtonProps {
  readonly onOpen: () => void;
}

/** Opens the sheet; nothing is written before the user has seen the exact lines. */
export function TakeOverButton({ onOpen }: TakeOverButtonProps) {
  const routedBy = useLive((state) => state.status?.claudeCode.routedBy ?? null);
  const isLive = useLive((state) => state.link.kind === 'live');
  if (routedBy === null) return null;
  return (
    <Button
      disabled={!isLive}
      title={routedBy === 'tollgate' ? 'Give Claude Code its own settings back' : undefined}
      onClick={onOpen}
    >
      {routedBy === 'tollgate' ? 'Disconnect' : 'Connect Claude Code'}
    </Button>
  );
}
