package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots of a real etcd, and what is made of them.
@NeedsPackages({"etcd-server", "etcd-client"})
class RestoreItest {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
    @TempDir
    Path directory;
    private final List<Server> servers = new ArrayList<>();

    private Server server(String node, Optional<Server> first) {
        return kept(new Server(directory.resolve(node), node, first));
    }

    private Server kept(Server made) {
        servers.add(made);
        return made;
    }

    @AfterEach
    void end() {
        servers.forEach(Server::close);
    }

    private static void stop(Server server) throws IOException, InterruptedException {
        server.leave();
        server.process.stop(Server.PATIENCE);
    }

    private static ClusterReset reset(Server server) {
        return new ClusterReset(server.config, ETCD, ETCDCTL);
    }

    private Server again(Server server, String node) {
        return kept(new Server(server.places.dataDir(), node, Optional.empty(), server.ports)).startAndWait();
    }

    @Test
    void aSnapshotIsRestoredOnTheSameHostAndRevisionsGoOn() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        Path snapshot = one.snapshot(false);
        assertThat(snapshot.getFileName().toString()).matches("etcd-snapshot-server-1-[0-9]{10}");
        one.put("/registry/a", "2");
        long newest = one.put("/registry/b", "2");
        stop(one);
        String next = reset(one).run(Optional.of(snapshot), "");
        assertThat(next).contains("restart without --cluster-reset flag now");
        assertThat(one.places.resetFlag()).exists();
        assertThatThrownBy(() -> reset(one).run(Optional.empty(), "")).isInstanceOf(MemberFault.class)
                .hasMessageContaining(one.places.resetFlag().toString());
        Server again = again(one, "server-1");
        assertThat(again.get("/registry/a")).hasValue("1");
        assertThat(again.get("/registry/b")).isEmpty();
        assertThat(again.put("/registry/c", "1")).isGreaterThan(newest);
        assertThat(one.places.resetFlag()).doesNotExist();
        try (var old = Files.list(one.places.data().getParent())) {
            assertThat(old.map(p -> p.getFileName().toString())).anyMatch(name -> name.startsWith("etcd-old-"));
        }
    }

    @Test
    void aCompressedSnapshotBecomesAClusterOnANewHost() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        Path snapshot = one.snapshot(true);
        assertThat(snapshot.toString()).endsWith(".zip");
        one.close();
        Server other = server("other", Optional.of(one));
        reset(other).run(Optional.of(snapshot), "");
        Server started = kept(new Server(other.places.dataDir(), "other", Optional.empty(), other.ports))
                .startAndWait();
        assertThat(started.get("/registry/a")).hasValue("1");
        assertThat(started.state().members()).singleElement()
                .satisfies(m -> assertThat(m.name()).startsWith("other-"));
    }

    @Test
    void aDamagedOrMissingSnapshotChangesNothing() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        Path snapshot = one.snapshot(false);
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        Files.write(snapshot, bytes);
        stop(one);
        assertThatThrownBy(() -> reset(one).run(Optional.of(snapshot), "")).isInstanceOf(MemberFault.class)
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> reset(one).run(Optional.of(Path.of("/nowhere")), "")).isInstanceOf(MemberFault.class)
                .hasMessage("etcd: snapshot path does not exist: /nowhere");
        assertThat(one.places.resetFlag()).doesNotExist();
        try (var all = Files.list(one.places.data().getParent())) {
            assertThat(all.map(p -> p.getFileName().toString())).doesNotContain("etcd-reset", "etcd-reset.config");
        }
        assertThat(again(one, "server-1").get("/registry/a")).hasValue("1");
    }

    @Test
    void aMemberThatIsLeftAloneBecomesAClusterOfItsOwn() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        Server two = server("server-2", Optional.of(one)).startAndWait();
        one.put("/registry/a", "1");
        two.close();
        assertThat(one.writes("/registry/b")).isFalse();
        stop(one);
        reset(one).run(Optional.empty(), "");
        Server again = again(one, "server-1");
        assertThat(again.get("/registry/a")).hasValue("1");
        Server.await("a write", () -> again.writes("/registry/b"));
        assertThat(again.state().members()).hasSize(1);
    }

    @Test
    void aResetMemberHasTheAddressItsServerHasNow() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        stop(one);
        Server moved = kept(new Server(one.places.dataDir(), "server-1", Optional.empty(),
                new EtcdPorts(one.ports.client(), FreePort.next(), one.ports.metrics())));
        reset(moved).run(Optional.empty(), "");
        moved.startAndWait();
        assertThat(moved.state().members()).singleElement()
                .satisfies(m -> assertThat(m.peerUrls()).containsExactly(moved.config.peerUrl()));
        Server joined = server("server-2", Optional.of(moved)).startAndWait();
        assertThat(joined.get("/registry/a")).hasValue("1");
    }

    private static String record(Server of, String password) throws IOException {
        Struct.Builder fields = Struct.builder();
        for (String file : List.of("server-ca.crt", "server-ca.key", "peer-ca.crt", "peer-ca.key")) {
            String name = "ETCD" + (file.startsWith("server") ? "Server" : "Peer") + "CA"
                    + (file.endsWith("key") ? "Key" : "");
            fields.put(name, Struct.of("Timestamp", "2026-11-20T10:00:00Z", "Content",
                    Base64.getEncoder().encodeToString(Files.readAllBytes(of.places.tls(file)))));
        }
        return new String(BootstrapSeal.seal(password, Json.bytes(fields.build()), new SecureRandom()),
                StandardCharsets.US_ASCII);
    }

    @Test
    void aNewHostTakesTheAuthoritiesOfTheSnapshotAndOnlyWithItsToken() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put(BootstrapSeal.key("secret"), record(one, "secret"));
        Path snapshot = one.snapshot(false);
        one.close();
        Server other = server("other", Optional.empty());
        String before = Files.readString(other.places.tls("server-ca.crt"));
        assertThatThrownBy(() -> reset(other).run(Optional.of(snapshot), "guess")).isInstanceOf(MemberFault.class)
                .hasMessageContaining("encrypted with different token").hasMessageNotContaining("guess");
        assertThat(other.places.data()).doesNotExist();
        assertThat(other.places.tls("server-ca.crt")).hasContent(before);
        reset(other).run(Optional.of(snapshot), "secret");
        for (String file : List.of("server-ca.crt", "server-ca.key", "peer-ca.crt", "peer-ca.key")) {
            assertThat(other.places.tls(file)).hasSameBinaryContentAs(one.places.tls(file));
        }
        // by the authority that is no more
        assertThat(other.places.tls("server-client.crt")).doesNotExist();
    }
}
