/** What a legacy version has that another has not, as far as the portal can see. */
export interface LegacyVersion {
  version: string;
  /** JSON-RPC batches: 2025-03-26 brought them, 2025-06-18 removed them. */
  batches: boolean;
  /** Structured results and links to resources among the content of a result, since 2025-06-18. */
  structured: boolean;
}

const NEWEST: LegacyVersion = { version: '2025-11-25', batches: false, structured: true };

/** What a request without `MCP-Protocol-Version` speaks (2025-06-18, protocol version header). */
export const WITHOUT_HEADER: LegacyVersion = { version: '2025-03-26', batches: true, structured: false };

/** The legacy versions that are spoken in front, the newest first. */
export const legacyVersions: readonly LegacyVersion[] = [
  NEWEST,
  { version: '2025-06-18', batches: false, structured: true },
  WITHOUT_HEADER,
];

export const findLegacyVersion = (version: unknown): LegacyVersion | undefined =>
  legacyVersions.find((known) => known.version === version);

/** The answer to `initialize`: the version that the client asks for, else the newest (lifecycle, all versions). */
export const negotiate = (requested: unknown): LegacyVersion => findLegacyVersion(requested) ?? NEWEST;
