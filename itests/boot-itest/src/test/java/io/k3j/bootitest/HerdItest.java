package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClientTls;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many nodes lose their server at once and come back at once.
@Tag("full")
@Tag("kill")
@NeedsPackages("openssl")
class HerdItest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int NODES = 200;
    private static final long BOUND_MILLIS = 10_000;

    @TempDir
    private Path dir;
    private int port;

    private K3sProcess start() throws IOException {
        return K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1", "--https-listen-port",
                Integer.toString(port), "--token", "of-the-cluster");
    }

    private boolean answers() {
        try {
            GoClient client = new GoClient(port, WireTls.anybody());
            return client.send("GET", "/ping", Map.of(), new byte[0]).text().equals("pong");
        } catch (IOException notYet) {
            return false;
        } catch (java.security.GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// The client of node number `i`, with a certificate of its own.
    private GoClient client(int i, CertificateAuthority clients, List<X509Certificate> servers) {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = clients.sign(Profile.client("system:node:herd-" + i, "system:nodes"),
                pair.getPublic(), Instant.now(), RANDOM);
        return new GoClient(port, ClientTls.trusting(servers,
                Optional.of(new ClientTls.Own(List.of(leaf), pair.getPrivate()))));
    }

    private Herd herd() throws IOException {
        Path tls = dir.resolve("data/server/tls");
        CertificateAuthority clients = new CertificateAuthority(PemFiles.certificates(tls.resolve("client-ca.crt")),
                PemFiles.key(tls.resolve("client-ca.key")).orElseThrow().secret());
        List<X509Certificate> servers = PemFiles.certificates(tls.resolve("server-ca.crt"));
        List<GoClient> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(client(i, clients, servers));
        }
        return new Herd(nodes);
    }

    @Test
    void twoHundredNodesAreBackSoonAfterARestart() throws Exception {
        port = FreePort.next();
        Commands commands = new Commands(dir);
        Herd herd;
        try (K3sProcess server = start()) {
            server.await("kubeconfig", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")));
            server.await("served API", LIMIT, commands::served);
            herd = herd();
            long begun = System.nanoTime();
            server.await("all nodes", LIMIT, () -> herd.up() == herd.links());
            told("connected for the first time", begun);
            assertThat(server.stop()).isZero();
        }
        try (K3sProcess server = start()) {
            server.await("an answer", LIMIT, this::answers);
            long begun = System.nanoTime();
            server.await("all nodes back; now " + herd.up(), LIMIT, () -> herd.up() == herd.links());
            long took = told("back after the restart", begun);
            assertThat(took).isLessThanOrEqualTo(BOUND_MILLIS);
            assertThat(commands.served()).isTrue();
            assertThat(herd.refused()).as("refused requests").isZero();
        } finally {
            herd.close();
        }
    }

    private static long told(String what, long begun) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        System.out.println("[herd] " + NODES + " tunnels and " + NODES * Herd.WATCHES + " watches " + what + ": " + took
                + " ms");
        return took;
    }
}
