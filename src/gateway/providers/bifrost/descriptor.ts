// Bifrost, a gateway to many providers. Its Anthropic side is below /anthropic; models of other vendors are named
// `vendor/model` there.
import { defineGateway } from '../claude-elsewhere/define-gateway.ts';

export const bifrost = defineGateway({
  type: 'bifrost',
  label: 'Bifrost',
  help: 'A Bifrost gateway: its address ends in /anthropic, and the key is a virtual key, or none when Bifrost asks for none.',
  keysUrl: null,
  baseUrl: 'http://127.0.0.1:8080/anthropic',
  credential: 'none',
  keyHeader: 'x-api-key',
  missing: 'it has no address; enter the gateway’s address with /anthropic at its end',
});
