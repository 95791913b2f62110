/** One exported file in storage. Its name is not here: names stay in storage. */
export interface ExportedFile {
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Of the blob: changes with its content, so that what is in storage can be compared without reading it. */
  readonly etag: string;
}

/** What the export holds: the files in the order of their names. An empty list is a valid answer. */
export interface ExportManifest {
  readonly files: readonly ExportedFile[];
  /** The container that the files are in. */
  readonly container: string;
}

/** The export as the status shows it. */
export type ExportStatus =
  | (ExportManifest & {
      readonly kind: 'saved';
      /** Once the closure has ended: when the export is deleted from storage. ISO 8601, UTC. */
      readonly keptUntil?: string;
    })
  /** Nothing is left of it: it was kept for its time, and deleted, or is lost; the closure was reset after that. */
  | { readonly kind: 'deleted' }
  /** The person goes on without one: a decision of theirs, signed with the token. */
  | { readonly kind: 'declined'; readonly declinedAt: string };

/** Whether the person goes on without an export. */
export function isExportDeclined({ export: saved }: { readonly export?: ExportStatus }): boolean {
  return saved?.kind === 'declined';
}
