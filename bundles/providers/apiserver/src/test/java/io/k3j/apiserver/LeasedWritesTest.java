package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Term;
import io.k3j.clientapi.WriteOptions;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Fencing of leaders on a shared datastore: a write succeeds only while its caller holds the Lease.
class LeasedWritesTest {
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final GatedDatastore gate = new GatedDatastore(store);
    private final TestServer here = new TestServer(gate);
    private final TestServer there = new TestServer(store);

    @AfterEach
    void stop() {
        gate.release();
        here.close();
        there.close();
        store.close();
    }

    @Test
    void aLeaderThatLostItsLeaseUnnoticedCannotWrite() {
        ApiClient other = client(there);
        Obj lease = other.create(LEASES, Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease",
                "metadata", Struct.of("name", "lock", "namespace", "kube-system"))), WriteOptions.PLAIN);
        HeldTerm term = new HeldTerm(lease.key(), lease.revision());
        here.contributions.terms().add(term, Map.of());
        ApiClient leader = client(here).leading("lock");
        leader.create(CONFIG_MAPS, config("before"), WriteOptions.PLAIN);
        Obj renewed = other.update(LEASES, lease.with("us", "spec", "holderIdentity"), WriteOptions.PLAIN);
        term.next = renewed.revision();
        leader.create(CONFIG_MAPS, config("renewed-meanwhile"), WriteOptions.PLAIN);
        other.update(LEASES, renewed.with("them", "spec", "holderIdentity"), WriteOptions.PLAIN);
        here.contributions.terms().remove(term);
        assertThatThrownBy(() -> leader.create(CONFIG_MAPS, config("after"), WriteOptions.PLAIN))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(503))
                .hasMessageContaining("not the leader");
        assertThatThrownBy(() -> leader.delete(CONFIG_MAPS, new Key("a", "before"),
                io.k3j.clientapi.DeleteOptions.PLAIN)).hasMessageContaining("not the leader");
        assertThat(other.find(CONFIG_MAPS, new Key("a", "after"))).isEmpty();
        assertThat(other.find(CONFIG_MAPS, new Key("a", "before"))).isPresent();
    }

    @Test
    void aLeaderWithoutAnElectionMayWrite() {
        here.contributions.terms().add(new HeldTerm(Key.of("lock"), 0) {
            @Override
            public boolean elected() {
                return false;
            }
        }, Map.of());
        ApiClient leader = client(here).leading("lock");
        assertThat(leader.create(CONFIG_MAPS, config("made"), WriteOptions.PLAIN).uid()).isNotEmpty();
    }

    @Test
    void anActionReceivesTheLeaseOfItsCaller() {
        List<String> leases = new ArrayList<>();
        here.contributions.actions().add(new Action() {
            @Override
            public Gvr resource() {
                return CONFIG_MAPS;
            }

            @Override
            public String subresource() {
                return "act";
            }

            @Override
            public Struct perform(Call call) {
                leases.add(call.lease());
                return call.body();
            }
        }, Map.of());
        HeldTerm term = new HeldTerm(new Key("kube-system", "lock"), 1);
        here.contributions.terms().add(term, Map.of());
        client(here).post(CONFIG_MAPS, new Key("a", "one"), "act", Struct.EMPTY);
        client(here).leading("lock").post(CONFIG_MAPS, new Key("a", "one"), "act", Struct.EMPTY);
        assertThat(leases).containsExactly("", "lock");
    }

    private static Obj config(String name) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", name, "namespace", "a")));
    }

    private static ApiClient client(TestServer server) {
        Caller caller = Caller.of("system:kube-controller-manager", List.of("system:masters"));
        return new LocalClient(server.server.local(), user -> caller, caller, new ViewKeeper());
    }

    /// A term that believes to lead; a renewal becomes visible when it is asked for.
    private static class HeldTerm implements Term {
        private final Key lease;
        private long revision;
        private long next;

        HeldTerm(Key lease, long revision) {
            this.lease = lease;
            this.revision = revision;
            this.next = revision;
        }

        @Override
        public Key lease() {
            return lease;
        }

        @Override
        public synchronized long revision() {
            return revision;
        }

        @Override
        public synchronized long after(long known, Duration atMost) {
            revision = next;
            return revision;
        }
    }
}
