// Tells zod not to compile its parsers with `new Function`: the window's content policy forbids it, and even the
// attempt would be reported as a violation. Must be imported before anything that parses.
import { config } from 'zod';

config({ jitless: true });
