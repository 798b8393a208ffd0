package io.k3j.embeddedregistry;

import io.k3j.edgeapi.Exchange;
import io.k3j.pki.SubjectNames;
import java.util.Optional;

/// Which node asks, by the certificate of its kubelet.
final class Callers {
    private static final String USER = "system:node:";
    private static final String GROUP = "system:nodes";

    private Callers() {
    }

    /// The name of the node; empty for everybody else.
    static Optional<String> node(Exchange exchange) {
        if (exchange.clientCertificates().isEmpty()) {
            return Optional.empty();
        }
        try {
            SubjectNames names = SubjectNames.of(exchange.clientCertificates().getFirst().getSubjectX500Principal());
            boolean node = names.commonName().startsWith(USER) && names.organizations().contains(GROUP);
            return node ? Optional.of(names.commonName().substring(USER.length())) : Optional.empty();
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }
}
