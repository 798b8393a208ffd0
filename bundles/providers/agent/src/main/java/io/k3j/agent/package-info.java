/// The node's side of the supervisor: joins the cluster, connects the node to its servers, and admits the
/// servers' connections.
///
/// ```
///   AgentStartup ── AgentJoin ── SupervisorClient      the eight requests, repeated from time to time
///     │                              ▼
///     │            LoadBalancer 127.0.0.1:6444 ──────►  one server of ServerList, by state
///     │                  ▲ connected, dropped                also for kubelet, kube-proxy …
///     └── Tunnels ── Tunnel ─────────────────────────►  every server: /v1-k3s/connect
/// ```
///
/// | reads | writes (sole writer) |
/// |---|---|
/// | settings; the endpoints of the Service `kubernetes`; the pods of the node in egress mode `pod` | `agent/*.crt`, `agent/*.key`, `agent/*.kubeconfig`, `agent/etc/k3s-agent-load-balancer.json`, `agent/etc/cluster-config.json`, `/etc/rancher/node/password` |
///
/// Registers the certificate of the kubelet's port, the cluster's settings, and the condition
/// `io.k3j.pki-ready`.
///
/// **Without a reachable server** a node that has joined before starts from its files and keeps trying.
///
/// **On a server without an API server** it joins through that server's own supervisor ([Origin]).
///
/// **Swap.** REPLACE: connections through the load balancer are closed, and their clients reconnect.
@NullMarked
package io.k3j.agent;

import org.jspecify.annotations.NullMarked;
