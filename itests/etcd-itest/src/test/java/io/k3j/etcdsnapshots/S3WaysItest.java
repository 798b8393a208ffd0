package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.etcdmember.ForwardProxy;
import io.k3j.etcdmember.S3Server;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The ways to a real S3 server: TLS, and through a proxy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3WaysItest {
    @TempDir
    Path directory;
    private S3Server s3;

    @BeforeAll
    void start(@TempDir Path kept) throws IOException {
        s3 = S3Server.start(kept);
    }

    @AfterAll
    void end() {
        s3.close();
    }

    private Struct tls() {
        return Struct.of("endpoint", s3.secureEndpoint(), "bucket", S3Server.BUCKET, "accessKey", S3Server.ACCESS_KEY,
                "secretKey", S3Server.SECRET_KEY);
    }

    /// Keeps a file there and fetches it again.
    private void used(Struct settings, Map<String, String> environment, String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "snapshot " + name);
        try (S3Client client = new S3Client(S3Settings.of(settings), environment, InstantSource.system())) {
            client.put(name, file, Map.of());
            assertThat(client.get(name, directory.resolve(name + "-back"))).get().satisfies(
                    back -> assertThat(back).hasSameBinaryContentAs(file));
        }
    }

    @Test
    void tlsIsBelievedByItsAuthorityOnly() throws IOException {
        used(tls().with("endpointCA", s3.authority().toString()), Map.of(), "by-file");
        used(tls().with("endpointCA", Files.readString(s3.authority())), Map.of(), "by-text");
        used(tls().with("skipSSLVerify", true), Map.of(), "by-nobody");
        assertThatThrownBy(() -> used(tls(), Map.of(), "foreign")).isInstanceOf(IOException.class)
                .hasMessageContaining("cannot reach S3 at " + s3.secureEndpoint() + " by TLS (")
                .hasMessageContaining("--etcd-s3-endpoint-ca");
        assertThatThrownBy(() -> used(tls().with("endpoint", s3.endpoint()), Map.of(), "plain"))
                .hasMessageContaining("--etcd-s3-insecure");
    }

    @Test
    void theFlagsProxyIsGoneThroughAndElseThatOfTheEnvironment() throws IOException {
        Struct by = tls().with("endpointCA", s3.authority().toString());
        try (ForwardProxy proxy = ForwardProxy.start(0, "")) {
            used(by.with("proxy", "http://" + proxy.address()), Map.of("HTTPS_PROXY", "http://nowhere:1"), "flag");
            assertThat(proxy.targets()).containsOnly(s3.secureEndpoint()).isNotEmpty();
        }
        // the machine itself is never reached through the environment's proxy
        used(by, Map.of("HTTPS_PROXY", "http://127.0.0.1:" + FreePort.next()), "straight");
    }

    @Test
    void aProxyThatIsAwayIsNamed() throws IOException {
        String away = "127.0.0.1:" + FreePort.next();
        assertThatThrownBy(() -> used(tls().with("proxy", "http://" + away), Map.of(), "away"))
                .hasMessageContaining("cannot reach S3 at " + s3.secureEndpoint() + " through proxy " + away);
        assertThatThrownBy(() -> used(tls().with("proxy", "socks5://" + away), Map.of(), "socks"))
                .hasMessageStartingWith("--etcd-s3-proxy names no proxy that can be used");
    }
}
