/// The Kubernetes API for components of a node that has no API server in its process: the `ApiClient` of
/// `client-api` over HTTPS, `scope=remote`.
///
/// Requests are sent by `java.net.http` over HTTP/2, one connection per identity ([Connection]); nothing of
/// HTTP is ours. What is ours: one [Reflector] per resource and query that all bundles of the node share,
/// which lists once, then follows a watch from revision to revision, and tells each [RemoteView] exactly
/// what changed, also across a lost watch, an expired revision and another server.
///
/// | reads | writes |
/// |---|---|
/// | `agent/{kubelet,kubeproxy,k3scontroller}.kubeconfig` and the files they name, again when they change | nothing |
///
/// **Identity.** The user a bundle declares decides which kubeconfig speaks for it; what it may do is
/// decided by the API server. A reflector runs under one identity; a view of another identity tells
/// nothing until a list of its own has been allowed.
///
/// **Threads.** Virtual ones, named `reflector-…` and `view-…`, and `java.net.http`'s one selector thread per
/// identity. All end with the bundle.
///
/// **Swap.** REPLACE: views end; `LiveView`s re-attach to the successor and tell the difference only.
@NullMarked
package io.k3j.clienthttp;

import org.jspecify.annotations.NullMarked;
