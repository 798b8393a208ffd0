package io.k3j.servercredentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentIdentityTest {
    private static final String NAME = "kube-scheduler";
    private final Random random = new Random(1);
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(),
            Instant.now(), random);
    private final ListenerIdentity server = new ListenerIdentity() {
        @Override
        public Certified certified(Optional<String> serverName) {
            throw new AssertionError("another port's");
        }

        @Override
        public List<X509Certificate> clientAuthorities() {
            return authority.chain();
        }
    };
    @TempDir
    Path directory;
    private ServerLayout layout;

    @BeforeEach
    void files() throws IOException {
        layout = new ServerLayout(directory);
        PemFiles.directory(layout.tls(NAME));
        write(layout.tls(NAME + "/" + NAME + ".crt"), layout.tls(NAME + "/" + NAME + ".key"), NAME, 1);
    }

    private void write(Path certificate, Path key, String name, long second) throws IOException {
        KeyPair pair = Keys.elliptic();
        PemFiles.write(key, pair);
        PemFiles.write(certificate, List.of(authority.sign(Profile.server(name, List.of("localhost"), List.of()),
                pair.getPublic(), Instant.now(), random)));
        Files.setLastModifiedTime(key, FileTime.from(Instant.ofEpochSecond(second)));
        Files.setLastModifiedTime(certificate, FileTime.from(Instant.ofEpochSecond(second)));
    }

    private static String shown(ListenerIdentity identity) {
        return identity.certified(Optional.empty()).chain().getFirst().getSubjectX500Principal().getName();
    }

    @Test
    void showsTheFilesOfK3sAsTheyAreNow() throws IOException {
        ComponentIdentity identity = ComponentIdentity.of(layout, NAME, server);
        assertThat(shown(identity)).isEqualTo("CN=kube-scheduler");
        assertThat(identity.clientAuthorities()).isEqualTo(authority.chain());
        write(layout.tls(NAME + "/" + NAME + ".crt"), layout.tls(NAME + "/" + NAME + ".key"), "renewed", 2);
        assertThat(shown(identity)).isEqualTo("CN=renewed");
    }

    @Test
    void theKubeletShowsItsOwnUnlessArgumentsNameOther() throws IOException {
        assertThat(ComponentIdentity.ofKubelet(server, "max-pods=3")).isSameAs(server);
        Path certificate = directory.resolve("node.crt");
        Path key = directory.resolve("node.key");
        write(certificate, key, "node", 1);
        ListenerIdentity given = ComponentIdentity.ofKubelet(server, "tls-cert-file=" + certificate,
                "tls-private-key-file=" + key);
        assertThat(shown(given)).isEqualTo("CN=node");
        assertThat(given.clientAuthorities()).isEqualTo(authority.chain());
        assertThatThrownBy(() -> ComponentIdentity.ofKubelet(server, "tls-cert-file=" + certificate))
                .hasMessageContaining("--kubelet-arg=tls-private-key-file beside it");
    }

    @Test
    void theKubeletShowsItsOwnToTheNodeItself() throws IOException {
        Path certificate = directory.resolve("node.crt");
        Path key = directory.resolve("node.key");
        write(certificate, key, "node", 1);
        ListenerIdentity own = ComponentIdentity.of(layout, NAME, server);
        ListenerIdentity given = ComponentIdentity.ofKubelet(own, "tls-cert-file=" + certificate,
                "tls-private-key-file=" + key);
        assertThat(given.certified(Optional.of("localhost"))).isEqualTo(own.certified(Optional.empty()));
        assertThat(given.certified(Optional.of("node"))).isEqualTo(given.certified(Optional.empty()))
                .isNotEqualTo(own.certified(Optional.empty()));
    }

    @Test
    void goesOnWithTheLastPairBetweenTheWritesOfKeyAndCertificate() throws IOException {
        ComponentIdentity identity = ComponentIdentity.of(layout, NAME, server);
        PemFiles.write(layout.tls(NAME + "/" + NAME + ".key"), Keys.elliptic());
        assertThat(shown(identity)).isEqualTo("CN=kube-scheduler");
        Files.delete(layout.tls(NAME + "/" + NAME + ".crt"));
        assertThat(shown(identity)).isEqualTo("CN=kube-scheduler");
    }

    @Test
    void takesTheFilesThatArgumentsName() throws IOException {
        Path certificate = directory.resolve("own.crt");
        Path key = directory.resolve("own.key");
        write(certificate, key, "own", 1);
        assertThat(shown(ComponentIdentity.of(layout, NAME, server, "tls-cert-file=" + certificate,
                "--tls-private-key-file=" + key))).isEqualTo("CN=own");
        assertThatThrownBy(() -> ComponentIdentity.of(layout, NAME, server, "tls-cert-file=" + certificate))
                .hasMessageContaining("--kube-scheduler-arg=tls-cert-file needs")
                .hasMessageContaining("tls-private-key-file");
        assertThatThrownBy(() -> ComponentIdentity.of(layout, NAME, server, "tls-cert-file=" + certificate,
                "tls-private-key-file=" + layout.tls(NAME + "/" + NAME + ".key")))
                .hasMessageContaining("is not the key of the certificate");
        assertThatThrownBy(() -> ComponentIdentity.of(layout, NAME, server, "tls-cert-file=/nowhere/own.crt",
                "tls-private-key-file=" + key)).hasMessageContaining("tls-cert-file")
                .hasMessageContaining("no certificate is there");
    }
}
