// Anthropic's own gateway for teams (`claude gateway`): signed in by device, reached with the token that sign-in gave.
import { defineGateway } from '../claude-elsewhere/define-gateway.ts';

export const claudeGateway = defineGateway({
  type: 'claude-gateway',
  label: 'Claude apps gateway',
  help: 'Your team’s Claude apps gateway: its address, and the access token of your sign-in, which is sent as a bearer token.',
  keysUrl: null,
  baseUrl: null,
  credential: 'env:CLAUDE_GATEWAY_TOKEN',
  keyHeader: 'authorization',
  missing: 'it has no address; enter the one your team gave you, without /v1',
});
