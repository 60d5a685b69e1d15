// Tollgate's mark: a toll bar raised over a line. Drawn in the colour of the text around it.

export function Mark({ size = 16 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true">
      <path d="M2 13.25h12" strokeWidth="1.5" strokeLinecap="round" />
      <path d="M4.5 13V8.5" strokeWidth="2" strokeLinecap="round" />
      <path d="M4.5 8.5 13 3" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
