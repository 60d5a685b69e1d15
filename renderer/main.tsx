// Composition root of the window: the client, the live store and the providers that every component stands on.
import './parse-without-eval.ts';
import './styles/mantine.css';
import './styles/tokens.css';
import './styles/base.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createGatewayClient } from './gateway-client.ts';
import { keepConnected } from './live/keep-connected.ts';
import { createLiveStore } from './live/live-store.ts';
import { GatewayContext } from './live/use-live.ts';
import controls from './styles/controls.module.css';
import { resolveCssVariables, theme } from './theme.ts';

const client = createGatewayClient();
const store = createLiveStore();
const connection = keepConnected(client, store.tell, Date.now);
// A window that comes back into view after the computer slept must not show what it knew before.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') connection.refresh(5_000);
});

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolveCssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <GatewayContext value={{ client, store }}>
          <App />
          <Notifications
            position="bottom-center"
            limit={2}
            transitionDuration={0}
            classNames={{ root: controls.toasts }}
          />
        </GatewayContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
