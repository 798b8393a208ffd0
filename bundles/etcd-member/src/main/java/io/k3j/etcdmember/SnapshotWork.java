package io.k3j.etcdmember;

import io.k3j.clientapi.ApiClient;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All that is done about snapshots of one member.
record SnapshotWork(SnapshotDesk desk, SnapshotObjects objects, SnapshotTimes times) implements AutoCloseable {
    static SnapshotWork of(String node, SnapshotDesk.Plan plan, Member.Wish wish, Member member,
            Supplier<@Nullable ApiClient> api) {
        InstantSource clock = InstantSource.system();
        SnapshotTimes times = new SnapshotTimes(System::nanoTime);
        SnapshotStores stores = new SnapshotStores(plan, node, new ClusterFacts(wish.places(), api), times, clock);
        SnapshotNews news = new SnapshotNews();
        SnapshotObjects objects = new SnapshotObjects(stores, news,
                new SnapshotObjects.Around(node, plan.reconcile(), member::nodes, times), api, clock);
        SnapshotDesk desk = new SnapshotDesk(plan, stores,
                () -> Tls.client(wish.places(), wish.config().clientUrl(), false), news.told(objects::poke), clock);
        return new SnapshotWork(desk, objects, times);
    }

    @Override
    public void close() {
        desk.close();
        objects.close();
    }
}
