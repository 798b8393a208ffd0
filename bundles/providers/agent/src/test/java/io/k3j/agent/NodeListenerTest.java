package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeListenerTest {
    private final Random random = new Random(1);
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(),
            Instant.now(), random);
    @TempDir
    private Path directory;
    private AgentLayout layout;

    @BeforeEach
    void files() throws IOException {
        layout = new AgentLayout(directory, directory.resolve("password"));
        Files.createDirectories(directory.resolve("agent"));
        write(layout.agent("serving-kubelet.crt"), layout.agent("serving-kubelet.key"), "n");
        PemFiles.write(layout.agent("client-ca.crt"), authority.chain());
    }

    private void write(Path certificate, Path key, String name) throws IOException {
        KeyPair pair = Keys.elliptic();
        PemFiles.write(key, pair);
        PemFiles.write(certificate, List.of(authority.sign(Profile.server(name, List.of(name), List.of()),
                pair.getPublic(), Instant.now(), random)));
    }

    private static String shown(ListenerIdentity identity) {
        return identity.certified(Optional.empty()).chain().getFirst().getSubjectX500Principal().getName();
    }

    @Test
    void theNodesOwnCertificateIsShownUnlessArgumentsNameOther() throws IOException {
        assertThat(shown(new NodeListener(layout))).isEqualTo("CN=n");
        Path certificate = directory.resolve("mine.crt");
        Path key = directory.resolve("mine.key");
        write(certificate, key, "mine");
        NodeListener given = new NodeListener(layout, "tls-cert-file=" + certificate, "tls-private-key-file=" + key);
        assertThat(shown(given)).isEqualTo("CN=mine");
        assertThat(given.clientAuthorities()).isEqualTo(authority.chain());
        assertThat(given.certified(Optional.of("localhost")).chain().getFirst().getSubjectX500Principal().getName())
                .as("the node's container runtime").isEqualTo("CN=n");
    }

    @Test
    void aFileThatCannotBeUsedIsToldByItsArgument() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NodeListener(layout,
                "tls-cert-file=" + directory.resolve("absent"), "tls-private-key-file=" + directory.resolve("none")))
                .withMessageContaining("--kubelet-arg=tls-cert-file").withMessageContaining("no certificate is there");
    }
}
