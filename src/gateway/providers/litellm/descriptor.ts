// LiteLLM's proxy, a gateway to many providers; it answers the Messages API at its root.
import { defineGateway } from '../claude-elsewhere/define-gateway.ts';

export const litellm = defineGateway({
  type: 'litellm',
  label: 'LiteLLM',
  help: 'A LiteLLM proxy: its address without /v1, and a virtual key that begins with sk-.',
  keysUrl: null,
  baseUrl: 'http://127.0.0.1:4000',
  credential: 'env:LITELLM_API_KEY',
  keyHeader: 'authorization',
  missing: 'it has no address; enter the proxy’s address without /v1',
});
