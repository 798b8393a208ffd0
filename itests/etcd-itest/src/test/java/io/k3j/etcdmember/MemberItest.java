package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real etcd processes, run by this bundle's member, each as on a server of its own.
@NeedsPackages("etcd-server")
class MemberItest {
    private static final int SMALL_QUOTA = 16 << 20;
    @TempDir
    Path directory;
    private final List<Server> servers = new ArrayList<>();

    private Server server(String node, Optional<Server> first) {
        Server made = new Server(directory.resolve(node), node, first);
        servers.add(made);
        return made;
    }

    @AfterEach
    void end() {
        servers.forEach(Server::close);
    }

    @Test
    void aClusterBeginsWithOneMember() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        assertThat(one.get("/registry/a")).hasValue("1");
        List<EtcdCluster.Member> members = one.state().members();
        assertThat(members).singleElement().satisfies(m -> {
            assertThat(m.name()).startsWith("server-1-").hasSize("server-1-".length() + 8);
            assertThat(m.clientUrls()).containsExactly(one.config.clientUrl());
        });
        assertThat(one.places.name()).hasContent(members.getFirst().name());
    }

    @Test
    void theProcessIsAdoptedByASuccessorAndReplacedWhenItsConfigurationDiffers() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        long pid = one.pid();
        one.leave();
        Server again = new Server(directory.resolve("server-1"), "server-1", Optional.empty(), one.ports);
        servers.add(again);
        again.startAndWait();
        assertThat(again.pid()).isEqualTo(pid);
        again.leave();
        Server moved = new Server(directory.resolve("server-1"), "server-1", Optional.empty(),
                new EtcdPorts(one.ports.client(), one.ports.peer(), FreePort.next()));
        servers.add(moved);
        moved.startAndWait();
        assertThat(moved.pid()).isNotEqualTo(pid);
        assertThat(moved.get("/registry/a")).hasValue("1");
    }

    @Test
    void aProcessThatNobodyCameToNoteIsReplaced() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        long pid = one.pid();
        one.leave();
        Files.delete(one.places.record());
        Server again = new Server(directory.resolve("server-1"), "server-1", Optional.empty(), one.ports);
        servers.add(again);
        again.startAndWait();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(again.get("/registry/a")).hasValue("1");
    }

    @Test
    void aProcessThatDiesIsStartedAgain() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        long pid = one.pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Server.await("another process", () -> {
            try {
                return one.pid() != pid && one.voter() && one.writes("/registry/b");
            } catch (IOException | NoSuchElementException e) {
                return false;
            }
        });
        assertThat(one.get("/registry/a")).hasValue("1");
    }

    @Test
    void anOrderlyStopEndsTheProcessAndTheNextStartGoesOn() throws IOException, InterruptedException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        one.leave();
        one.process.stop(Server.PATIENCE);
        assertThat(one.process.alive()).isFalse();
        Server again = new Server(directory.resolve("server-1"), "server-1", Optional.empty(), one.ports);
        servers.add(again);
        again.startAndWait();
        assertThat(again.get("/registry/a")).hasValue("1");
    }

    @Test
    void twoMoreJoinAtOnceAndTheClusterOutlivesOneOfThem() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.put("/registry/a", "1");
        Server two = server("server-2", Optional.of(one)).start();
        Server three = server("server-3", Optional.of(one)).start();
        Server.await("three voters", () -> two.voter() && three.voter()
                && one.state().members().stream().filter(m -> !m.learner()).count() == 3);
        assertThat(three.get("/registry/a")).hasValue("1");
        one.close();
        Server.await("writes go on", () -> two.writes("/registry/b"));
        Server back = new Server(directory.resolve("server-1"), "server-1", Optional.empty(), one.ports);
        servers.add(back);
        back.startAndWait();
        assertThat(back.get("/registry/b")).hasValue("1");
    }

    @Test
    void aMemberThatHasCaughtUpVotesAlthoughNobodyLooksForIt() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        one.leave();
        Server two = server("server-2", Optional.of(one)).startAndWait();
        assertThat(two.state().members()).hasSize(2).noneMatch(EtcdCluster.Member::learner);
    }

    @Test
    void aSecondServerWithTheSameNameIsRefusedAndNothingIsLeftBehind() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        Server same = new Server(directory.resolve("other"), "server-1", Optional.of(one));
        servers.add(same);
        same.start();
        Server.await("the refusal", () -> same.failure != null);
        assertThat(same.failure).isInstanceOf(MemberFault.class)
                .hasMessageContaining("duplicate node name found, please use a unique name for this node");
        assertThat(one.members()).hasSize(1);
        assertThat(same.places.data()).doesNotExist();
    }

    @Test
    void aMemberThatWasTakenOutStaysOutUntilItJoinsAgain() throws IOException {
        Server one = server("server-1", Optional.empty()).startAndWait();
        Server two = server("server-2", Optional.of(one)).startAndWait();
        one.put("/registry/a", "1");
        String old = two.config.name();
        Server.await("the removal", () -> removed(one, two.state().id()));
        Server.await("the tombstone", () -> two.report.contains("restart with --server"));
        assertThat(two.places.tombstone()).exists();
        two.leave();
        Server again = new Server(directory.resolve("server-2"), "server-2", Optional.of(one), two.ports);
        servers.add(again);
        again.startAndWait();
        assertThat(again.config.name()).isNotEqualTo(old).startsWith("server-2-");
        assertThat(again.get("/registry/a")).hasValue("1");
    }

    @Test
    void aMemberThatWasFullWritesAgainAfterACompactionAndAStart() throws IOException, InterruptedException {
        EtcdPorts ports = new EtcdPorts(FreePort.next(), FreePort.next(), FreePort.next());
        Server one = small(ports).startAndWait();
        Server.await("it is looked after", one::lookedAfter);
        String large = "x".repeat(1 << 20);
        assertThatThrownBy(() -> {
            for (int i = 0; i < 2 * SMALL_QUOTA / large.length(); i++) {
                one.put("/registry/a", large);
            }
        }).isInstanceOf(EtcdFailure.class).hasMessageContaining("space exceeded");
        try (EtcdClient client = Tls.client(one.places, one.config.clientUrl(), false)) {
            EtcdKv kv = new EtcdKv(client);
            kv.compactPhysically(RevisionBump.revision(kv), Duration.ofSeconds(60));
        }
        assertThat(one.writes("/registry/b")).isFalse();
        one.leave();
        one.process.stop(Server.PATIENCE);
        Server again = small(ports).startAndWait();
        Server.await("a write", () -> again.writes("/registry/b"));
        Server.await("nothing to be wrong", () -> again.report.isEmpty());
    }

    private Server small(EtcdPorts ports) {
        Server made = new Server(directory.resolve("server-1"), "server-1", Optional.empty(), ports,
                Path.of("/usr/bin/etcd"), Map.of("quota-backend-bytes", Integer.toString(SMALL_QUOTA)));
        servers.add(made);
        return made;
    }

    /// etcd takes nobody out before it has seen its members well for some seconds; a request whose answer did not come
    /// may have been carried out.
    private static boolean removed(Server by, long id) {
        try {
            by.cluster().remove(id, Duration.ofSeconds(3));
            return true;
        } catch (EtcdFailure e) {
            return without(by, id);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean without(Server by, long id) {
        try {
            return by.members().stream().noneMatch(member -> member.id() == id);
        } catch (EtcdFailure e) {
            return false;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
