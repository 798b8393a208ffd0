package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClusterAccess;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The token and the authorities of two whole servers at one database are exchanged.
@Tag("full")
@Tag("data")
@NeedsPackages("postgresql")
class RotationItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String READY = "API server ready";
    private static final String FIRST = "the-token";
    private static final List<String> AUTHORITIES = List.of("server-ca", "client-ca", "request-header-ca",
            "etcd/server-ca", "etcd/peer-ca");
    @TempDir
    Path directory;
    private PostgresServer database;
    private final List<K3sProcess> servers = new ArrayList<>();

    @BeforeEach
    void serve() {
        database = PostgresServer.started();
    }

    @AfterEach
    void end() {
        servers.reversed().forEach(K3sProcess::close);
        database.close();
    }

    private K3sProcess started(String name, String token) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Files.deleteIfExists(home.resolve("k3s.yaml"));
        K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1", "--token", token,
                "--datastore-endpoint", database.endpoint("kubernetes"));
        servers.add(server);
        return server;
    }

    private K3sProcess server(String name, String token) throws IOException, InterruptedException {
        K3sProcess server = started(name, token);
        server.awaitOutput(READY, LIMIT);
        server.await("kubeconfig", LIMIT, () -> Files.exists(directory.resolve(name).resolve("k3s.yaml")));
        return server;
    }

    private String address(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name).resolve("k3s.yaml")).stream()
                .filter(line -> line.contains("server: ")).findFirst().orElseThrow().replace("server: ", "").strip();
    }

    private Path file(String server, String name) {
        return directory.resolve(server).resolve("data/server").resolve(name);
    }

    /// Whether a server lets somebody in who joins.
    private boolean admits(String server, String user, String token) {
        try (ClusterAccess access = ClusterAccess.of(address(server), token, user)) {
            return access.get(user.equals("node") ? "/v1-k3s/config" : "/v1-k3s/encrypt/status").ok();
        } catch (IOException refused) {
            return false;
        }
    }

    /// Types a command, which has to succeed.
    private static String k3s(String... words) throws IOException, InterruptedException {
        return K3sProcess.k3s(words).text(LIMIT);
    }

    @Test
    void aNewTokenReachesTheServerThatRunsBesideTheOneThatIsTold() throws Exception {
        K3sProcess a = server("a", FIRST);
        K3sProcess b = server("b", FIRST);
        assertThat(k3s("token", "rotate", "--server", address("a"), "--token", FIRST, "--new-token", "fresh"))
                .contains("Token rotated");
        for (K3sProcess server : List.of(a, b)) {
            String name = server == a ? "a" : "b";
            server.await("the new token", LIMIT, () -> admits(name, "server", "fresh"));
            assertThat(admits(name, "node", "fresh")).isTrue();
            assertThat(admits(name, "server", FIRST) || admits(name, "node", FIRST)).isFalse();
        }
        assertThat(Files.readString(file("b", "token"))).isEqualTo(Files.readString(file("a", "token")));
        K3sProcess late = started("late", FIRST);
        late.await("refusal", LIMIT, () -> late.output().contains("encrypted with different token"));
        server("c", "fresh");
        ConsoleAnswer swapped = a.console("swap", new RebuiltJars(Files.createDirectories(directory.resolve("rebuilt")))
                .rebuilt("io.k3j.supervisor").toString());
        assertThat(swapped.code()).as("%s %s", swapped.lines(), a.tail()).isZero();
        a.await("the new token after a swap", LIMIT, () -> admits("a", "server", "fresh"));
        assertThat(a.running()).as(a::tail).isTrue();
    }

    @Test
    void newAuthoritiesReachAServerWithItsNextStart() throws Exception {
        K3sProcess a = server("a", FIRST);
        K3sProcess b = server("b", FIRST);
        Path staged = strangers();
        k3s("certificate", "rotate-ca", "--server", address("a"), "--token", FIRST, "--path", staged.toString(),
                "--force");
        String before = Files.readString(file("a", "tls/server-ca.crt"));
        assertThat(b.stop()).as(b::tail).isZero();
        b = server("b", FIRST);
        for (String authority : AUTHORITIES) {
            assertThat(Files.readString(file("b", "tls/" + authority + ".crt")))
                    .isEqualTo(Files.readString(staged.resolve("tls/" + authority + ".crt")));
        }
        assertThat(Files.readString(file("a", "tls/server-ca.crt"))).isEqualTo(before);
        applied("b", "by-b");
        a.await("what the other wrote", LIMIT, () -> there("a", "by-b"));
        assertThat(admits("b", "server", Files.readString(file("b", "token")).strip())).isTrue();
        assertThat(a.stop()).as(a::tail).isZero();
        server("a", FIRST);
        assertThat(Files.readString(file("a", "token"))).isEqualTo(Files.readString(file("b", "token")));
        applied("a", "by-a");
        b.await("what the other wrote", LIMIT, () -> there("b", "by-a"));
    }

    /// Authorities nobody has heard of.
    private Path strangers() throws IOException {
        Path staged = directory.resolve("staged");
        PemFiles.directory(staged.resolve("tls/etcd"));
        for (String authority : AUTHORITIES) {
            KeyPair pair = Keys.elliptic();
            PemFiles.write(staged.resolve("tls/" + authority + ".key"), pair);
            PemFiles.write(staged.resolve("tls/" + authority + ".crt"), CertificateAuthority
                    .selfSigned("new-" + authority.replace('/', '-'), pair, Instant.now(), new SecureRandom()).chain());
        }
        return staged;
    }

    private void applied(String server, String name) throws IOException, InterruptedException {
        Path manifest = Files.writeString(directory.resolve(name + ".yaml"),
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: default}\n");
        k3s("kubectl", "--kubeconfig", directory.resolve(server).resolve("k3s.yaml").toString(), "apply", "-f",
                manifest.toString());
    }

    private boolean there(String server, String name) {
        try (ConfigMaps api = new ConfigMaps(directory.resolve(server))) {
            return api.list("").body().contains("\"" + name + "\"");
        } catch (IOException notNow) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
