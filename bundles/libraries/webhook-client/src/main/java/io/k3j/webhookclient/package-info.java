/// Calls of servers that extend the API server: webhooks of admission and of conversion, on a Service or at a URL, and
/// those of flags, which a kubeconfig names; upstream's `util/webhook`.
///
/// ```
///   ClientConfig ──ServiceEndpoints──► endpoint ──NodeDialer, TLS──► WebhookConnection, kept in a ConnectionPool
///   WebhookClient: all of it in one call with a limit
///   kubeconfig ──WebhookKubeconfig──► KubeconfigClient: the same with credentials, at the address the file has
///     WebhookRoute: TCP, a WebhookProxy, TLS; RereadFiles: certificates and keys that are replaced
///   CallQueue: how many ask one at once, and how many wait
/// ```
///
/// Who may write Services and EndpointSlices leads a server neither to itself nor to a cloud's metadata. Calls block;
/// everything that fails is a [CallFailure].
@Export
@Version("1.5.0")
@NullMarked
package io.k3j.webhookclient;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
