/// Records requests of the API server as flags and a policy say; upstream's `audit/policy` and `plugin/pkg/audit`. See
/// <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/>.
///
/// ```
/// API server ─► AuditBackend: AuditPolicy (what) ─► EventSink of the log, of the webhook, each with its mode:
///
/// EventSink: Truncation, EventForm ─► blocking: ──────────────────────► AuditWriter ─► LogFile, with its backups
///                                └──► batch: EventQueue ─► threads ─┘ or WebhookSender ─► KubeconfigClient
/// ```
///
/// Reads: the files of policy and webhook, once. Writes: the log and its backups, which are only ever added to,
/// renamed, compressed, and removed where flags say so.
@NullMarked
package io.k3j.audit;

import org.jspecify.annotations.NullMarked;
