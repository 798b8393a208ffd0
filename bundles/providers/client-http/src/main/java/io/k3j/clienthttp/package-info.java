/// The Kubernetes API for components on a node without an API server in its process: the `ApiClient` of
/// `client-api` over HTTPS, `scope=remote`.
///
/// Requests are sent by `java.net.http` over HTTP/2, one connection per identity ([Connection]). On top there
/// is one [Reflector] for each resource and query, shared by all bundles of the node: it lists once, then
/// watches from revision to revision, and delivers to each [RemoteView] exactly what has changed, also across a
/// broken watch, an expired revision and another server. It keeps the fields that its views read ([Question]).
///
/// | reads | writes |
/// |---|---|
/// | `agent/{kubelet,kubeproxy,k3scontroller}.kubeconfig` and the files they name, again when they change | nothing |
///
/// **Identity.** The user a bundle declares decides which kubeconfig is used; the API server decides what it
/// may do. A reflector runs under one identity; a view of another identity delivers nothing until that identity
/// was allowed to list.
///
/// **Threads.** Virtual threads, named `reflector-…` and `view-…`, and one selector thread of `java.net.http`
/// per identity. All end with the bundle.
///
/// **Swap.** REPLACE: views end; each `LiveView` attaches to the successor and reports only the difference.
@NullMarked
package io.k3j.clienthttp;

import org.jspecify.annotations.NullMarked;
