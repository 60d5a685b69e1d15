// The screens by name and icon, in the groups of the rail, and where something needs the user.
import {
  IconActivity,
  IconGauge,
  IconHistory,
  IconRoute,
  IconServer,
  IconStethoscope,
  IconTerminal2,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useDoctorReport } from '../doctor/doctor-screen.tsx';
import { needsUser } from '../doctor/describe-findings.ts';
import { useLive } from '../live/use-live.ts';
import { useTrouble } from '../providers/use-trouble.ts';
import type { Screen } from './use-screen.ts';

export interface ScreenEntry {
  readonly screen: Screen;
  readonly label: string;
  readonly icon: ReactNode;
}

const size = { size: 16, stroke: 1.5 };

export const screenGroups: readonly (readonly ScreenEntry[])[] = [
  [
    { screen: 'overview', label: 'Overview', icon: <IconGauge {...size} /> },
    { screen: 'activity', label: 'Activity', icon: <IconActivity {...size} /> },
    { screen: 'past-spend', label: 'Past spend', icon: <IconHistory {...size} /> },
  ],
  [
    { screen: 'claude-code', label: 'Claude Code', icon: <IconTerminal2 {...size} /> },
    { screen: 'providers', label: 'Providers', icon: <IconServer {...size} /> },
    { screen: 'routes', label: 'Routes', icon: <IconRoute {...size} /> },
  ],
  [{ screen: 'doctor', label: 'Doctor', icon: <IconStethoscope {...size} /> }],
];

/** Screens where something needs the user, each with what it is. */
export function useNeeds(): ReadonlyMap<Screen, string> {
  const status = useLive((state) => state.status);
  const report = useDoctorReport(false);
  const needs = new Map<Screen, string>();
  const claudeCode = status?.claudeCode;
  if (claudeCode?.routedBy === 'other' || claudeCode?.routedBy === 'unreadable') {
    needs.set('claude-code', claudeCode.note);
  }
  const trouble = useTrouble();
  if (trouble !== null) needs.set('providers', trouble);
  if (report.data !== undefined && needsUser(report.data.findings)) {
    needs.set('doctor', 'The doctor found something to mend.');
  }
  return needs;
}
