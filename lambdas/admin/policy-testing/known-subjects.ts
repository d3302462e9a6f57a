import { listPeople } from '../../access/sessions/people-store.ts';
import type { Subject } from '../../policy/decision.ts';
import { kinds } from '../../shared/documents/kinds.ts';
import type { Table } from '../../shared/table.ts';
import type { DocumentStore } from '../document-store.ts';
import type { Who } from './outcome.ts';
import { personWithoutSession } from './subject.ts';

/** Somebody whose access is asked about, with nothing of a request. */
export interface KnownSubject {
  who: Who;
  subject: Subject;
}

interface Stores {
  identity: Table;
  documents: DocumentStore;
}

interface Page {
  limit: number;
  after?: string | undefined;
}

async function serviceTokens(documents: DocumentStore): Promise<KnownSubject[]> {
  const found: KnownSubject[] = [];
  let after: string | undefined;
  do {
    const page = await documents.page('ServiceToken', 100, after);
    for (const { document } of page.items) {
      const parsed = kinds.ServiceToken.schema.safeParse(document).data;
      if (!parsed?.spec.enabled) continue;
      const serviceToken = parsed.metadata.id;
      found.push({ who: { serviceToken }, subject: { serviceToken } });
    }
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** A page of everybody who signed in, with the enabled service tokens behind the last one. */
export async function knownSubjects(
  { identity, documents }: Stores,
  page: Page,
): Promise<{ subjects: KnownSubject[]; next: string | null }> {
  const { people, next } = await listPeople(identity, page);
  const subjects = people.map((person): KnownSubject => {
    const { id, email } = person;
    return { who: { id, email }, subject: personWithoutSession(person) };
  });
  return { subjects: next === null ? [...subjects, ...(await serviceTokens(documents))] : subjects, next };
}
