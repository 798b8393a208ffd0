package io.k3j.authoidc;

import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Whom to believe at an issuer: the authorities that its configuration names and nobody else, or those of this
/// machine, as programs of Go do.
final class HostAuthorities {
    /// Where Linux systems keep theirs; Java's own where they keep none.
    private static final List<Path> SYSTEM = List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"), Path.of("/etc/ssl/ca-bundle.pem"));

    private HostAuthorities() {
    }

    /// A context that believes them.
    /// @param pem empty: the machine's
    /// @throws IOException when they cannot be read
    static SSLContext context(String pem) throws IOException {
        try {
            if (!pem.isEmpty()) {
                return Trust.in(Pem.certificates(pem));
            }
            Optional<Path> bundle = SYSTEM.stream().filter(Files::isReadable).findFirst();
            return bundle.isPresent() ? Trust.in(Pem.certificates(ConfigurationFile.text(bundle.get())))
                    : SSLContext.getDefault();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("authorities cannot be read: " + e.getMessage(), e);
        }
    }
}
