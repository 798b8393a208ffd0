package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdKv;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// A data directory laid out as K3s', written by an etcd that came out after the one installed, as K3s' own (3.6) did
/// after Debian's: refused as it is, served by that etcd, restored from its snapshot by either.
@NeedsPackages({"etcd-server", "etcd-client", "zstd"})
@EnabledIf(value = "there", disabledReason = "no later etcd: there is no ../shared/conformance/peers/etcd.zst")
@Tag("data")
class LaterEtcdItest {
    private static final Duration UNPACK_LIMIT = Duration.ofMinutes(5);
    private static final Path PACKED = Path.of(System.getProperty("k3j.etcd",
            "../../../shared/conformance/peers/etcd.zst"));
    private static final Path INSTALLED = Path.of("/usr/bin/etcd");
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    @TempDir
    Path directory;
    private Path later;
    private final List<Server> servers = new ArrayList<>();

    static boolean there() {
        return Files.exists(PACKED);
    }

    @BeforeEach
    void unpack() throws IOException, InterruptedException {
        later = directory.resolve("etcd");
        Launch.of("zstd", "-q", "-d", "--long=31", PACKED.toString(), "-o", later.toString()).text(UNPACK_LIMIT);
        assertThat(later.toFile().setExecutable(true)).isTrue();
        assertThat(EtcdVersion.of(later).orElseThrow().after(EtcdVersion.of(INSTALLED).orElseThrow())).isTrue();
    }

    @AfterEach
    void end() {
        servers.forEach(Server::close);
    }

    private Server server(String node, Path etcd) {
        return kept(new Server(directory.resolve(node), node, Optional.empty(), new EtcdPorts(FreePort.next(),
                FreePort.next(), FreePort.next()), etcd));
    }

    private Server again(Server before, Path etcd) {
        return kept(new Server(before.places.dataDir(), "server-1", Optional.empty(), before.ports, etcd));
    }

    private Server kept(Server made) {
        servers.add(made);
        return made;
    }

    /// With two keys, one of them changed, and a compaction.
    private Server written() throws IOException {
        Server one = server("server-1", later).startAndWait();
        one.put("/registry/a", "1");
        long revision = one.put("/registry/a", "2");
        one.put("/registry/b", "1");
        try (EtcdClient client = Tls.client(one.places, one.config.clientUrl(), false)) {
            new EtcdKv(client).compact(revision, LIMIT);
        }
        return one;
    }

    private static void stop(Server server) throws IOException, InterruptedException {
        server.leave();
        server.process.stop(LIMIT);
    }

    private static Map<String, FileTime> files(Path of) throws IOException {
        Map<String, FileTime> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(of)) {
            for (Path one : all.toList()) {
                files.put(one + " " + Files.size(one), Files.getLastModifiedTime(one));
            }
        }
        return files;
    }

    private static void servesWhatWasWritten(Server server) throws IOException {
        assertThat(server.get("/registry/a")).hasValue("2");
        assertThat(server.get("/registry/b")).hasValue("1");
        server.put("/registry/c", "1");
        assertThat(server.state().members()).hasSize(1);
    }

    @Test
    void theInstalledEtcdIsNotStartedOnDataOfALaterOneWhichGoesOnWithIt() throws IOException, InterruptedException {
        Server one = written();
        Path snapshot = one.snapshot(false);
        stop(one);
        Map<String, FileTime> before = files(one.places.data());
        Server refused = again(one, INSTALLED).start();
        Server.await("an end", () -> refused.failure != null || refused.voter());
        assertThat(refused.failure).isInstanceOf(MemberFault.class)
                .hasMessageStartingWith(one.places.data() + " was written by etcd " + EtcdVersion.of(later).get()
                        + ", and /usr/bin/etcd is " + EtcdVersion.of(INSTALLED).get())
                .hasMessageEndingWith("--cluster-reset-restore-path=" + snapshot);
        assertThatThrownBy(() -> new ClusterReset(refused.config, INSTALLED, ETCDCTL).run(Optional.empty(), ""))
                .isInstanceOf(MemberFault.class).hasMessageContaining("nothing was changed");
        assertThat(files(one.places.data())).isEqualTo(before);
        assertThat(one.places.resetFlag()).doesNotExist();
        Server taken = again(one, later).startAndWait();
        assertThat(taken.config.name()).isEqualTo(one.config.name());
        servesWhatWasWritten(taken);
    }

    @Test
    void theInstalledEtcdDoesNotJoinMembersOfALaterOneWhichDoes() throws IOException {
        Server one = server("server-1", later).startAndWait();
        Server refused = kept(new Server(directory.resolve("server-2"), "server-2", Optional.of(one), new EtcdPorts(
                FreePort.next(), FreePort.next(), FreePort.next()), INSTALLED)).start();
        Server.await("an end", () -> refused.failure != null || refused.voter());
        assertThat(refused.failure).isInstanceOf(MemberFault.class).hasMessageContaining("nobody was added");
        assertThat(one.members()).hasSize(1);
        Server two = kept(new Server(directory.resolve("server-3"), "server-3", Optional.of(one), new EtcdPorts(
                FreePort.next(), FreePort.next(), FreePort.next()), later)).startAndWait();
        assertThat(two.state().members()).hasSize(2);
    }

    @Test
    void aMemberOfALaterOneBecomesAClusterOfItsOwn() throws IOException, InterruptedException {
        Server one = written();
        stop(one);
        new ClusterReset(one.config, later, ETCDCTL).run(Optional.empty(), "");
        servesWhatWasWritten(again(one, later).startAndWait());
    }

    @Test
    void aSnapshotOfALaterOneIsRestoredByTheInstalledOneInPlaceOfItsData() throws IOException, InterruptedException {
        Server one = written();
        Path snapshot = one.snapshot(false);
        stop(one);
        new ClusterReset(one.config, INSTALLED, ETCDCTL).run(Optional.of(snapshot), "");
        assertThat(DataVersion.of(one.places.data())).isEqualTo(EtcdVersion.of(INSTALLED));
        servesWhatWasWritten(again(one, INSTALLED).startAndWait());
    }

    @Test
    @Tag("full")
    void aSnapshotIsRestoredForALaterOne() throws IOException, InterruptedException {
        Server one = written();
        Path snapshot = one.snapshot(false);
        stop(one);
        new ClusterReset(one.config, later, ETCDCTL).run(Optional.of(snapshot), "");
        assertThat(DataVersion.of(one.places.data())).isEqualTo(EtcdVersion.of(later));
        servesWhatWasWritten(again(one, later).startAndWait());
    }
}
