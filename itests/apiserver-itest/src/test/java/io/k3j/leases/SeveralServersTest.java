package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserver.PlainServer;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SeveralServersTest {
    private static final boolean FULL = Boolean.getBoolean("k3j.full");
    /// Three seconds are promised: shown by a scripted clock in `ElectionTest`, and here where nothing else runs.
    private static final Duration SOON = Duration.ofSeconds(FULL ? 3 : 60);
    /// A leader that does not come to its renewal in so long has lost the lead, as a busy machine may have it.
    private static final LeaseHold.Timing TIMING = FULL
            ? new LeaseHold.Timing(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(500))
            : new LeaseHold.Timing(Duration.ofSeconds(8), Duration.ofSeconds(6), Duration.ofMillis(500));
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final Freezer freezer = new Freezer();
    private final Member a = new Member(freezer.store(store), freezer, "a");
    private final Member b = new Member(store, TimeSource.system(), "b");

    private static final class Member {
        private final PlainServer server;
        private final ApiClient api;
        private final BlockingQueue<LeadershipTerm> reigns = new LinkedBlockingQueue<>();
        private final TimeSource clock;
        private final String name;
        private LeaderElector candidacy;

        Member(Datastore store, TimeSource clock, String name) {
            this.server = new PlainServer(store);
            this.api = server.client();
            this.clock = clock;
            this.name = name;
        }

        /// Takes part with controllers, scheduler and cloud controller.
        void run() {
            run(Candidate.CONTROLLERS, Candidate.SCHEDULER, Candidate.CLOUD);
        }

        void run(String... parts) {
            candidacy = new LeaderElector(api, TIMING, name, clock, reigns::add, Health.none());
            for (String part : parts) {
                candidacy.add(() -> part, () -> true);
            }
            candidacy.begin();
        }

        /// The client of this server's controllers, as soon as it leads.
        ApiClient leading() throws InterruptedException {
            return leading(Candidate.CONTROLLERS);
        }

        /// The client of one of this server's parts, as soon as that leads.
        ApiClient leading(String part) throws InterruptedException {
            for (boolean found = false; !found;) {
                LeadershipTerm reign = reigns.poll(60, TimeUnit.SECONDS);
                assertThat(reign).as(name + " leading with " + part).isNotNull();
                server.begin(reign);
                found = reign.lease().name().equals(part);
            }
            return api.leading(part);
        }

        void close() {
            if (candidacy != null) {
                candidacy.close(() -> {
                });
            }
            server.close();
        }
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
        store.close();
    }

    private static Obj map(String name) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", name, "namespace", "default")));
    }

    private static void create(ApiClient api, String name) {
        api.create(BuiltinResources.CONFIG_MAPS, map(name), WriteOptions.PLAIN);
    }

    @Test
    void theOtherLeadsAtOnceWhenTheLeaderStops() throws Exception {
        a.run();
        create(a.leading(), "by-a");
        b.run();
        long begin = System.nanoTime();
        a.candidacy.close(() -> {
        });
        create(b.leading(), "by-b");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        assertThat(a.api.get(BuiltinResources.LEASES, new Key("kube-system", "kube-scheduler")).spec()
                .text("holderIdentity")).isIn("", "b");
    }

    @Test
    void aFrozenLeaderIsReplacedAndCannotWriteWhenItThaws() throws Exception {
        a.run();
        ApiClient old = a.leading();
        create(old, "before");
        b.run();
        long begin = System.nanoTime();
        freezer.freeze();
        ApiClient young = b.leading();
        create(young, "by-b");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        freezer.thaw();
        assertThatThrownBy(() -> create(old, "too-late"))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(503));
        create(young, "still-by-b");
        assertThat(b.api.find(BuiltinResources.CONFIG_MAPS, new Key("default", "too-late"))).isEmpty();
        assertThat(a.api.find(BuiltinResources.CONFIG_MAPS, new Key("default", "still-by-b"))).isPresent();
    }

    @Test
    void eachPartRunsOnAServerThatHasItAndItsWritesCarryItsOwnLease() throws Exception {
        a.run(Candidate.CONTROLLERS, Candidate.CLOUD);
        ApiClient controllers = a.leading();
        b.run();
        ApiClient scheduler = b.leading(Candidate.SCHEDULER);
        create(controllers, "by-controllers");
        create(scheduler, "by-scheduler");
        Obj lease = a.api.get(BuiltinResources.LEASES, new Key("kube-system", Candidate.SCHEDULER));
        assertThat(lease.spec().text("holderIdentity")).isEqualTo("b");
        b.candidacy.close(() -> {
        });
        assertThatThrownBy(() -> create(scheduler, "too-late")).hasMessageContaining("not the leader");
        create(controllers, "goes-on");
    }

    @Test
    void whatAFrozenServerHadIsTakenByTheOneThatHasIt() throws Exception {
        a.run(Candidate.SCHEDULER);
        ApiClient old = a.leading(Candidate.SCHEDULER);
        b.run();
        b.leading();
        freezer.freeze();
        long begin = System.nanoTime();
        ApiClient young = b.leading(Candidate.SCHEDULER);
        create(young, "by-b");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        freezer.thaw();
        assertThatThrownBy(() -> create(old, "too-late"))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(503));
    }

    @Test
    void aPartThatIsTakenOutOfTheLeaderGoesToTheOtherServer() throws Exception {
        Candidate scheduler = () -> Candidate.SCHEDULER;
        a.run(Candidate.CONTROLLERS, Candidate.CLOUD);
        a.candidacy.add(scheduler, () -> true);
        ApiClient controllers = a.leading();
        a.leading(Candidate.SCHEDULER);
        b.run();
        a.candidacy.remove(scheduler);
        create(b.leading(Candidate.SCHEDULER), "by-b");
        create(controllers, "still-by-a");
    }

    @Test
    void aLeaderWritesOnOverManyRenewals() throws Exception {
        a.run();
        ApiClient leader = a.leading();
        long end = System.nanoTime() + TIMING.lease().toNanos();
        int count = 0;
        while (System.nanoTime() < end) {
            create(leader, "n" + count++);
        }
        assertThat(count).isPositive();
        assertThat(a.reigns.stream().map(r -> r.lease().name())).doesNotContain(Candidate.CONTROLLERS);
    }
}
