/// Makes the cluster's credentials and admits servers and agents.
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
/// | settings, `server/token` | `server/tls/**`, `server/cred/**`, `server/token`, `agent/*.crt`, `agent/*.key`, `agent/*.kubeconfig`, the administrator's kubeconfig |
/// | Secrets `*.node-password.k3s` | the same, and `/bootstrap/*` in the datastore |
///
/// **Swap.** REPLACE: everything is in files; the edge shows the last certificate meanwhile.
@NullMarked
package io.k3j.supervisor;

import org.jspecify.annotations.NullMarked;
