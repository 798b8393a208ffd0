/// Makes the cluster's credentials, agrees with the datastore on which cluster this is, and admits servers and agents.
///
/// First of all it asks whether this server may be what it is told to be ([Cluster], [Parity], [NodeName], [Joining]);
/// until the condition `io.k3j.cluster-agreed` nobody writes to the datastore ([Start] has the order).
///
/// At start, in parallel and before anything else of the server needs them: authorities, leaf
/// certificates, tokens, kubeconfigs ([Credentials]), all under K3s' names below the data directory.
/// What exists is kept; leaves with fewer than 120 days left are made anew. Then it gives the ports
/// their certificates, serves `/cacerts`, `/ping` and `/v1-k3s` ([SupervisorEndpoint]) and says
/// `io.k3j.pki-ready`; a little later, when the RSA key for service account tokens has been found,
/// `io.k3j.service-key-ready`.
///
/// | reads | writes (sole writer) |
/// |---|---|
/// | settings, `server/token` | `server/tls/**`, `server/cred/**`, `server/token`, `agent/*.crt`, `agent/*.key`, `agent/*.kubeconfig` (those of `agent` without an API server here), the administrator's kubeconfig |
/// | every `feature.json`, the plan | `k3s/server-config/*`, `k3s/servers/*` in the datastore |
/// | Secrets `*.node-password.k3s`, the own node's Lease | the Secrets, and `/bootstrap/*` in the datastore |
///
/// **Swap.** PARALLEL: everything is in files and in the datastore; two of them do no harm.
@NullMarked
package io.k3j.supervisor;

import org.jspecify.annotations.NullMarked;
