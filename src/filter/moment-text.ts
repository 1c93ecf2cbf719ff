/** A moment, in milliseconds since 1970, in ISO 8601, UTC: of a midnight the day alone. What no calendar has stays a number. */
export function momentText(moment: number): string {
  const micros = Math.round((moment - Math.floor(moment)) * 1000);
  const date = new Date(Math.floor(moment) + (micros === 1000 ? 1 : 0));
  if (Number.isNaN(date.getTime())) return String(moment);
  const [day, time = ''] = date.toISOString().split('T') as [string, string];
  const parts = `${time.slice(0, -1)}${micros % 1000 === 0 ? '' : String(micros).padStart(3, '0')}`.replace(/\.?0+$/, '');
  return parts === '00:00:00' ? day : `${day}T${parts}Z`;
}
