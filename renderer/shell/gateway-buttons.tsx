// The two switches of the whole gateway: pause or resume, and the way to connecting Claude Code.
import { Button } from '@mantine/core';
import { usePause } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import type { Screen } from './use-screen.ts';

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

/** Leads to the page that shows the exact lines; nothing is written before the user has seen them. */
export function TakeOverLink({ screen }: { readonly screen: Screen }) {
  const routedBy = useLive((state) => state.status?.claudeCode.routedBy ?? null);
  if (routedBy === null || routedBy === 'tollgate') return null;
  // Where connecting is in front of the user already, a second way to it is noise.
  if (screen === 'claude-code' || screen === 'setup') return null;
  return (
    <Button component="a" href="#/claude-code">
      Connect Claude Code
    </Button>
  );
}
