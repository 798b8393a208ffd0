/// Records requests of the API server as flags and a policy say; upstream's `audit/policy` and `plugin/pkg/audit`. See
/// <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/>.
///
/// ```
/// API server ─► AuditBackend: AuditPolicy (what) ─► Truncation ─► blocking: AuditWriter ─► LogFile, with its backups
///                                                       └──► batch: EventQueue ─► one thread ─► AuditWriter
/// ```
///
/// Reads: the policy's file, once. Writes: the log and its backups, which are only ever added to, renamed, compressed,
/// and removed where flags say so.
@NullMarked
package io.k3j.audit;

import org.jspecify.annotations.NullMarked;
