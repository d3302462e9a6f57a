/** One person of the fictional company. */
export interface Employee {
  id: string;
  name: string;
  title: string;
  team: string;
  location: string;
  email: string;
  /** Id of the person they report to; null for the head of the company. */
  manager: string | null;
}

const employee = (
  id: string,
  name: string,
  title: string,
  team: string,
  location: string,
  manager: string | null,
): Employee => ({
  id,
  name,
  title,
  team,
  location,
  email: `${name.toLowerCase().replaceAll(' ', '.')}@example.com`,
  manager,
});

export const employees: readonly Employee[] = [
  employee('e01', 'Ines Duarte', 'Managing Director', 'management', 'Lisbon', null),
  employee('e02', 'Tomas Lindqvist', 'Head of Engineering', 'engineering', 'Stockholm', 'e01'),
  employee('e03', 'Maya Okafor', 'Head of Sales', 'sales', 'London', 'e01'),
  employee('e04', 'Jun Watanabe', 'Head of People', 'people', 'Lisbon', 'e01'),
  employee('e05', 'Alice Moreau', 'Staff Engineer', 'engineering', 'Lyon', 'e02'),
  employee('e06', 'Pavel Novak', 'Platform Engineer', 'engineering', 'Brno', 'e02'),
  employee('e07', 'Sofia Marino', 'Site Reliability Engineer', 'engineering', 'Turin', 'e02'),
  employee('e08', 'Bob Fischer', 'Account Manager', 'sales', 'Hamburg', 'e03'),
  employee('e09', 'Leila Haddad', 'Solutions Consultant', 'sales', 'Lyon', 'e03'),
  employee('e10', 'Dana Kowalski', 'Security Lead', 'security', 'Gdansk', 'e01'),
  employee('e11', 'Ravi Menon', 'Security Analyst', 'security', 'London', 'e10'),
  employee('e12', 'Clara Weiss', 'People Partner', 'people', 'Hamburg', 'e04'),
];

export const teams: readonly string[] = [...new Set(employees.map((each) => each.team))].sort();

export const byId = (id: string): Employee | undefined => employees.find((each) => each.id === id);

/** Employees whose name, title or e-mail address contains the words, in any case. */
export function find(query: string): Employee[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return employees.filter((each) => {
    const text = `${each.name} ${each.title} ${each.email}`.toLowerCase();
    return words.length > 0 && words.every((word) => text.includes(word));
  });
}

/** The tree of reports below a person, one line each, indented by depth. */
export function chart(root: Employee, depth = 0): string[] {
  const line = `${'  '.repeat(depth)}${root.name} (${root.title})`;
  const reports = employees.filter((each) => each.manager === root.id);
  return [line, ...reports.flatMap((each) => chart(each, depth + 1))];
}

export const handbook = `# Handbook

- Time off is requested at least five days ahead; a manager answers within two days.
- Everyone has 28 days a year; five of them move to the next year.
- Office hours are yours to choose; the team's core time is 10:00 to 15:00.
`;
