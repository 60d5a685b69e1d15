// A client process for tests: sends Messages requests at once and prints their statuses as JSON. Arguments: address, key,
// how many, body.
const [url = '', key = '', count = '1', body = ''] = process.argv.slice(2);
const send = async (): Promise<number> => {
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
};
process.stdout.write(JSON.stringify(await Promise.all(Array.from({ length: Number(count) }, send))));
