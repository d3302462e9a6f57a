import * as z from 'zod';

/** Who is told when something is wrong or costs more than expected. */
export const operations = z
  .strictObject({
    /** E-mail addresses that alarms are sent to; each has to confirm its subscription. */
    alarmEmails: z.array(z.email()).max(10, 'takes at most 10 addresses: use that of a group').default([]),
    /** What the deployment may cost in a month: `alarmEmails` are told at 80 %, and when more is forecast. */
    monthlyBudgetUsd: z.number().positive().optional(),
  })
  .refine(({ alarmEmails, monthlyBudgetUsd }) => monthlyBudgetUsd === undefined || alarmEmails.length > 0, {
    path: ['monthlyBudgetUsd'],
    message: 'needs alarmEmails: somebody has to be told',
  });
