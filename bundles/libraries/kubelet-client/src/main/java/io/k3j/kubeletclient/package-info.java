/// The client side of a kubelet's port, over a channel that somebody else has dialled
/// (`io.k3j.edgeapi.NodeDialer`): nodes behind a tunnel have no address that a socket could reach.
///
/// ```
///   Node ──► KubeletAddress ──dial──► channel ──TlsChannel──► verified channel ──KubeletRequest──► body
///                                                                └── ResponseHead, for who passes bytes on
///   SwitchedProtocols: both directions of a connection after the answer 101
///   KubeletClient: all of it in one call, as a component with a ComponentCertificate
/// ```
///
/// Calls block for the other side; who wants an end to that closes the channel, or gives [KubeletClient] a limit, which
/// has a virtual thread for each request. Errors are `IOException`.
@Export
@Version("1.3.0")
@NullMarked
package io.k3j.kubeletclient;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
