package io.k3j.servercredentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.ListenerIdentity.Certified;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The certificate of the server's port: good for every name of the cluster, and for no stranger's.
class ServerIdentityTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;
    private Authorities authorities;
    private Instant now = Instant.now();

    @BeforeEach
    void start() throws Exception {
        authorities = Credentials.ensure(Given.settings(directory), new ServerLayout(directory), now, RANDOM)
                .authorities();
    }

    private ServerIdentity identity(Object... settings) throws Exception {
        InstantSource clock = () -> now;
        return new ServerIdentity(new ServerLayout(directory), Given.settings(directory, settings), authorities, clock,
                RANDOM);
    }

    private static Set<String> names(ServerIdentity identity) {
        return LeafCertificate.alternativeNames(certificate(identity));
    }

    private static X509Certificate certificate(ServerIdentity identity) {
        Certified certified = identity.certified(Optional.empty());
        return certified.chain().getFirst();
    }

    @Test
    void isGoodForTheServiceTheMachineAndTheFlags() throws Exception {
        ServerIdentity identity = identity("tlsSan", new String[] {"api.example.com", "203.0.113.9"});
        assertThat(names(identity)).contains("kubernetes", "kubernetes.default", "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "10.43.0.1",
                "192.0.2.7",
                "node-1", "api.example.com", "203.0.113.9");
        assertThat(certificate(identity).getSubjectX500Principal().getName()).isEqualTo("CN=k3s,O=k3s");
        assertThat(identity.certified(Optional.empty()).chain()).hasSize(2);
    }

    @Test
    void isKeptForTheNextStart() throws Exception {
        X509Certificate first = certificate(identity());
        assertThat(certificate(identity())).isEqualTo(first);
        assertThat(certificate(identity("tlsSan", new String[] {"more.example.com"}))).isNotEqualTo(first);
        Path file = directory.resolve("server/tls/dynamic-cert.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("\"name\":\"k3s-serving\"",
                "\"listener.cattle.io/cn-10.43.0.1\":\"10.43.0.1\"");
        Files.writeString(file, "{");
        assertThat(names(identity())).contains("kubernetes");
    }

    @Test
    void doesNotGrowByWhatStrangersAskFor() throws Exception {
        ServerIdentity identity = identity();
        identity.asked("evil.example.com");
        assertThat(names(identity)).doesNotContain("evil.example.com");
    }

    @Test
    void growsWhenToldToButNotForEver() throws Exception {
        ServerIdentity identity = identity("tlsSanSecurity", false);
        for (int i = 0; i < 300; i++) {
            identity.asked("name-" + i + ".example.com");
        }
        identity.asked("x".repeat(300));
        assertThat(names(identity)).contains("name-0.example.com").hasSizeLessThanOrEqualTo(100);
        assertThat(names(identity("tlsSanSecurity", false))).contains("name-0.example.com");
    }

    @Test
    void isRenewedWhileItIsInUse() throws Exception {
        ServerIdentity identity = identity();
        X509Certificate first = certificate(identity);
        now = now.plus(Duration.ofDays(300));
        long end = System.nanoTime() + 60_000_000_000L;
        while (certificate(identity).equals(first) && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(certificate(identity)).isNotEqualTo(first);
        assertThat(certificate(identity).getNotAfter().toInstant()).isAfter(now.plus(Duration.ofDays(300)));
    }
}
