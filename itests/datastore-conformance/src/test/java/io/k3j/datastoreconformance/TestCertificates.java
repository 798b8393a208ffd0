package io.k3j.datastoreconformance;

import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// Certificates as an operator makes them, by openssl: an authority, a server at 127.0.0.1, a client, and a stranger's
/// authority.
final class TestCertificates {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String MAKE = """
            set -e; cd "$1"
            for ca in ca stranger; do
              openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca -keyout $ca.key -out $ca.crt
            done
            for name in server client; do
              openssl req -newkey rsa:2048 -nodes -subj /CN=k3s -keyout $name.key -out $name.csr
              printf 'subjectAltName=IP:127.0.0.1' > ext
              openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $name.crt
            done
            chmod 600 *.key; chown "$2" * || true
            """;

    private TestCertificates() {
    }

    /// Makes them in a directory, for an account.
    static DatabaseStart.Tls make(Path directory, String account) {
        try {
            Launch.of("sh", "-c", MAKE, "sh", directory.toString(), account).text(LIMIT);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new DatabaseStart.Tls(directory.resolve("ca.crt"), directory.resolve("stranger.crt"),
                directory.resolve("client.crt"), directory.resolve("client.key"));
    }
}
