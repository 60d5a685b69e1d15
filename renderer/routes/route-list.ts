// The list of rules as the page shows it: rules in order, the default that takes the rest, and rules behind it that are
// never reached; and what moving, changing and removing makes of it. Pure.
import type { RouteSettings } from '../../src/contract/settings.ts';

export interface RouteList {
  readonly rules: readonly RouteSettings[];
  /** The first rule without conditions; null where the first provider answers what no rule takes. */
  readonly standard: RouteSettings | null;
  /** Rules that stand behind the default in the config. */
  readonly behind: readonly RouteSettings[];
}

const takesAll = ({ match }: RouteSettings): boolean => Object.keys(match).length === 0;

export function splitRoutes(routes: readonly RouteSettings[]): RouteList {
  const at = routes.findIndex(takesAll);
  if (at === -1) return { rules: routes, standard: null, behind: [] };
  return { rules: routes.slice(0, at), standard: routes[at] ?? null, behind: routes.slice(at + 1) };
}

export function joinRoutes({ rules, standard, behind }: RouteList): RouteSettings[] {
  return [...rules, ...(standard === null ? [] : [standard]), ...behind];
}

/** The item at `from` moved to `to`; the list itself where one of them is outside. */
export function moveItem<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length || from === to) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** The list with `item` in the place of the one at `index`; at its end where there is none. */
export function putItem<T>(list: readonly T[], index: number, item: T): readonly T[] {
  if (index >= list.length) return [...list, item];
  return list.map((one, position) => (position === index ? item : one));
}

export function dropItem<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, position) => position !== index);
}
