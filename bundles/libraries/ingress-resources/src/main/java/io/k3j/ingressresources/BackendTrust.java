package io.k3j.ingressresources;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Map;
import java.util.Optional;

/// By whom the certificates of a Service's pods are believed, as the annotations of the Service say.
///
/// @param authorities the Secret of type `kubernetes.io/tls` in its namespace with them; empty for the public ones
/// @param serverName the name, or address, that the certificates are for
/// @param anybody whether nothing is verified: who is in between can read and change what is said
public record BackendTrust(Optional<Key> authorities, String serverName, boolean anybody) {
    /// The Secret whose `ca.crt`, or `tls.crt` where it has none, is believed.
    static final String AUTHORITIES = "ingress.k3j.io/tls-ca";
    /// The name in the certificates; `SERVICE.NAMESPACE.svc` without it.
    static final String SERVER_NAME = "ingress.k3j.io/tls-server-name";
    /// `true`: any certificate will do. Counts only where neither of the others is there.
    static final String SKIP = "ingress.k3j.io/tls-insecure-skip-verify";

    /// What a Service says; empty when it says nothing, and then its pods are not spoken to.
    static Optional<BackendTrust> of(Obj service) {
        Map<String, String> said = service.annotations();
        String name = said.getOrDefault(SERVER_NAME, "");
        Optional<Key> secret = Optional.ofNullable(said.get(AUTHORITIES))
                .map(s -> new Key(service.namespace(), s));
        boolean verified = secret.isPresent() || !name.isEmpty();
        if (!verified && !said.getOrDefault(SKIP, "").equals("true")) {
            return Optional.empty();
        }
        return Optional.of(new BackendTrust(secret,
                name.isEmpty() ? service.name() + "." + service.namespace() + ".svc" : name, !verified));
    }
}
