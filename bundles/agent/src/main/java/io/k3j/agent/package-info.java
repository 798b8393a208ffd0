/// The node's side of the supervisor: joins the cluster, keeps the way to its servers open, and lets servers in.
///
/// ```
///   Start ── Joining ── SupervisorClient ──┐            the eight calls, again from time to time
///     │                                    ▼
///     │            LoadBalancer 127.0.0.1:6444 ──────►  one server of ServerList, by state
///     │                  ▲ connected, dropped                kubelet, kube-proxy … go this way too
///     └── Tunnels ── Tunnel ─────────────────────────►  every server: /v1-k3s/connect
/// ```
///
/// | reads | writes (sole writer) |
/// |---|---|
/// | settings; the endpoints of the Service `kubernetes` | `agent/*.crt`, `agent/*.key`, `agent/*.kubeconfig`, `agent/etc/k3s-agent-load-balancer.json`, `agent/etc/cluster-config.json`, `/etc/rancher/node/password` |
///
/// Offers the certificate of the kubelet's port, the cluster's settings, and the condition `io.k3j.pki-ready`.
///
/// **Away from its servers** a node that has joined before starts from its files and tries on.
///
/// **On a server without an API server** it joins by that server's own supervisor ([Origin]).
///
/// **Swap.** REPLACE: connections through the load balancer are cut and made again by their owners.
@NullMarked
package io.k3j.agent;

import org.jspecify.annotations.NullMarked;
