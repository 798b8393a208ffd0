/// Makes the cluster's credentials, agrees with the datastore on which cluster this is, and admits servers and agents.
///
/// First it checks whether this server may have the configuration it was started with ([ClusterMembership],
/// [NodeName], and `Parity` and `ServerJoin` of the library `cluster-agreement`). Before the condition
/// `io.k3j.cluster-agreed` no component writes to the datastore ([ServerStartup] has the order).
///
/// At start it makes, in parallel, what all other components need: authorities, leaf certificates, tokens,
/// kubeconfigs (`Credentials` of the library `server-credentials`), under K3s' names below the data directory.
/// Existing files are kept; leaf certificates with fewer than 120 days left are renewed. Then it gives the
/// listeners their certificates, serves `/cacerts`, `/ping` and `/v1-k3s` ([SupervisorEndpoint]) and registers
/// the condition `io.k3j.pki-ready`; once the RSA key for service account tokens is generated, also
/// `io.k3j.service-key-ready`, and once all authorities are there `io.k3j.authorities-ready`.
///
/// | reads | writes (sole writer, with its libraries) |
/// |---|---|
/// | settings, `server/token` | `server/tls/**`, `server/cred/**`, `server/token`, `agent/*.crt`, `agent/*.key`, `agent/*.kubeconfig` (those of `agent` without an API server here), the administrator's kubeconfig |
/// | every `feature.json`, the plan | `k3s/server-config/*`, `k3s/servers/*` in the datastore |
/// | Secrets `*.node-password.k3s`, the own node's Lease | the Secrets, and `/bootstrap/*` in the datastore |
///
/// **Swap.** PARALLEL: all state is in files and in the datastore, and two instances do not disturb each other.
@NullMarked
package io.k3j.supervisor;

import org.jspecify.annotations.NullMarked;
