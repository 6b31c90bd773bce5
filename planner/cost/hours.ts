/** Hours of a month in every price of this project: 365 · 24 / 12. */
export const HOURS_PER_MONTH = 730;
