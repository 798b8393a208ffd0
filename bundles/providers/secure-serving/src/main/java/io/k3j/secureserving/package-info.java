/// The ports of scheduler and controllers, 10259 and 10257: health, metrics and configuration, to whom the API server
/// lets in.
///
/// The launcher binds the ports and `edge` speaks TLS and HTTP on them, with the certificates that `supervisor` shows;
/// [ComponentEndpoint] says what is there and [ServingAccess] to whom. Nothing is kept and no thread runs while nobody
/// asks. Source: upstream's `cmd/kube-scheduler/app/server.go`, `k8s.io/controller-manager/app/serve.go` and
/// `k8s.io/apiserver/pkg/server/healthz`.
@NullMarked
package io.k3j.secureserving;

import org.jspecify.annotations.NullMarked;
