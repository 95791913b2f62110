/**
 * When a request received then is due: GDPR Art. 12(3), one month, counted as Regulation 1182/71 does: the last moment of
 * the day with the same number in the next month, or of that month's last day when it has none. UTC. The extension to a
 * working day is left out: it would only make the date later.
 */
export function dueBy(receivedAt: Date): Date {
  const year = receivedAt.getUTCFullYear();
  const month = receivedAt.getUTCMonth() + 1;
  const lastDayOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(receivedAt.getUTCDate(), lastDayOfMonth);
  return new Date(Date.UTC(year, month, day, 23, 59, 59, 999));
}
