package io.k3j.datastoreetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testmachine.NeedsPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with a member of its own, the first of three, while that one is killed, hangs, comes back or is taken out:
/// every write is acknowledged in the end, the one watch there is hears of each once and in order.
@NeedsPackages("etcd-server")
class OwnMemberTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final int WRITES = 20;
    @TempDir
    Path directory;
    private final List<Long> acknowledged = new ArrayList<>();
    private EtcdServers servers;
    private EtcdEndpoints own;
    private EtcdStore store;
    private MemberPreference home;
    private Watch watch;

    @BeforeEach
    void openAtTheOwnMember() {
        servers = EtcdServers.start(directory, 3);
        own = EtcdEndpoints.parse(servers.endpoint(0), Optional.empty());
        until("store", () -> {
            store = EtcdStore.open(own, trouble -> {
            });
            return true;
        });
        home = store.home(own);
        until("others", () -> {
            home.update();
            return true;
        });
        until("watch", () -> {
            watch = store.watch("/", store.revision());
            return true;
        });
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
        servers.close();
    }

    private static void until(String what, BooleanSupplier done) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                if (done.getAsBoolean()) {
                    return;
                }
            } catch (DatastoreUnavailable | EtcdFailure notYet) {
                assertThat(System.nanoTime()).as("%s: %s", what, notYet).isLessThan(end);
            }
            assertThat(System.nanoTime()).as("no %s", what).isLessThan(end);
        }
    }

    private boolean atHome() {
        return store.at().equals(Optional.of(own.all().getFirst()));
    }

    /// A change of one key; one whose outcome is not known is looked up, as a client of the API would.
    private void write(int number) {
        String key = "/k" + number;
        until("write", () -> {
            CommitResult result = store.commit(key, 0, Integer.toString(number).getBytes(StandardCharsets.UTF_8),
                    Duration.ZERO);
            acknowledged.add(switch (result) {
                case CommitResult.Committed c -> c.revision();
                case CommitResult.Conflict c -> c.current().orElseThrow().revision();
            });
            return true;
        });
    }

    private void writes(int from) {
        for (int i = from; i < from + WRITES; i++) {
            write(i);
        }
    }

    private void everythingWasTold() throws InterruptedException {
        List<Long> told = new ArrayList<>();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (told.size() < acknowledged.size() && System.nanoTime() < end) {
            watch.next(Duration.ofMillis(100)).changes().stream().map(Change::revision).forEach(told::add);
        }
        assertThat(told).isEqualTo(acknowledged);
        acknowledged.clear();
    }

    /// Looks until the own member is gone to.
    private void goHome() {
        until("way home", () -> {
            home.update();
            return atHome();
        });
    }

    @Test
    void goesOnAtTheOthersWhileItIsDeadOrHangsAndComesHomeAfterwards() throws Exception {
        goHome();
        writes(0);
        servers.kill(0);
        writes(100);
        assertThat(atHome()).isFalse();
        everythingWasTold();
        servers.restart(0);
        goHome();
        writes(200);
        servers.freeze(0, true);
        try {
            writes(300);
            until("look", () -> {
                home.update();
                return true;
            });
            assertThat(atHome()).isFalse();
        } finally {
            servers.freeze(0, false);
        }
        everythingWasTold();
    }

    @Test
    void comesHomeUnderLoadWithoutLosingAnything() throws Exception {
        servers.kill(0);
        write(0);
        servers.restart(0);
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<Integer> load = new FutureTask<>(() -> {
            int written = 1;
            while (!over.get()) {
                write(written++);
            }
            return written;
        });
        Thread.ofVirtual().name("load").start(load);
        goHome();
        over.set(true);
        assertThat(load.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(acknowledged.size());
        everythingWasTold();
    }

    @Test
    void hasNoOthersOnceItWasTakenOut() throws InterruptedException {
        EtcdClient other = EtcdClient.of(EtcdEndpoints.parse(servers.endpoint(1), Optional.empty()), "test");
        try (other) {
            EtcdCluster cluster = new EtcdCluster(other);
            until("removal", () -> {
                Optional<EtcdCluster.Member> member = cluster.members(SHORT).stream()
                        .filter(m -> m.clientUrls().contains(servers.endpoint(0))).findFirst();
                member.ifPresent(m -> cluster.remove(m.id(), SHORT));
                return member.isEmpty();
            });
        }
        servers.kill(0);
        until("end", () -> {
            try {
                home.update();
            } catch (DatastoreUnavailable alone) {
                assertThat(alone).hasMessageContaining(servers.endpoint(0).substring("http://".length()));
            }
            return store.at().isEmpty();
        });
        assertThatThrownBy(() -> store.commit("/late", 0, new byte[] {1}, Duration.ZERO))
                .isInstanceOf(DatastoreUnavailable.class)
                .hasMessageNotContainingAny(servers.endpoint(1).substring("http://".length()));
    }
}
