/** The sign of the gateway: a claw, open a little. The same drawing as `public/favicon.svg`. */

export function Mark({ size }: { readonly size: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-ground" width="32" height="32" rx="9" />
      <g class="mark-claw">
        <path d="M8.6 23.4C3.4 18.4 4.2 9.2 11.8 6c6.3-2.6 13.6.2 15.2 7.4-4-2.5-8.4-2-10.4 1.2-1.5 2.5-1 4.6-2.6 6.6-1.3 1.6-3.3 2.5-5.4 2.2z" />
        <path d="M12.2 25.4c3.3-.6 5.4-2.6 6.2-5.2 1-2.9 4-4.4 8.4-3.4-.2 6-6.9 11.3-14.6 8.6z" />
      </g>
    </svg>
  )
}
