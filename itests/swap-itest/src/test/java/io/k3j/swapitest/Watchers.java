package io.k3j.swapitest;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Watches on what the load changes, as many as its [Demand] says, over one connection for a hundred of one namespace.
final class Watchers implements AutoCloseable {
    private static final int A_CONNECTION = 100;
    private static final Duration CATCH_UP = Duration.ofSeconds(300);
    private static final long LOOK_MILLIS = 20;

    private final Load load;
    private final List<Api> apis = new ArrayList<>();
    private final List<List<Watcher>> watchers = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /// What they came to since the check before.
    ///
    /// @param lost events of acknowledged writes that did not come, over all watches
    /// @param repeated events that came again or out of order
    /// @param ended ends in order
    /// @param broken any other end
    /// @param how the last of those in words
    record Seen(int lost, int repeated, int ended, int broken, String how) {
        Seen since(Seen before) {
            return new Seen(lost, repeated - before.repeated, ended - before.ended, broken - before.broken, how);
        }
    }

    /// Starts them from now.
    Watchers(Machine machine, Load load) throws IOException, InterruptedException {
        this.load = load;
        for (int n = 0; n < load.demand().namespaces(); n++) {
            watchers.add(some(machine, n, load.demand().watches(n)));
        }
    }

    private List<Watcher> some(Machine machine, int namespace, int count) throws IOException, InterruptedException {
        List<Watcher> some = new ArrayList<>();
        Api api = connection(machine);
        long revision = Event.revision(api.get(Load.path(namespace), "application/json").body());
        for (int i = 0; i < count; i++) {
            if (i > 0 && i % A_CONNECTION == 0) {
                api = connection(machine);
            }
            Watcher watcher = new Watcher(api, namespace, revision, over);
            some.add(watcher);
            threads.submit(watcher);
        }
        return some;
    }

    private Api connection(Machine machine) throws IOException {
        Api api = machine.api();
        apis.add(api);
        return api;
    }

    /// How many there are.
    int count() {
        return load.demand().watches();
    }

    /// Waits until they have caught up with everything acknowledged so far, and forgets that.
    Seen check() throws InterruptedException {
        long end = System.nanoTime() + CATCH_UP.toNanos();
        int lost = 0;
        for (int n = 0; n < watchers.size(); n++) {
            Ledger acknowledged = load.ledger(n).copy();
            for (Watcher watcher : watchers.get(n)) {
                lost += missing(watcher, acknowledged, end);
                watcher.told().forget(acknowledged);
            }
            load.ledger(n).forget(acknowledged);
        }
        List<Watcher> all = watchers.stream().flatMap(List::stream).toList();
        return new Seen(lost, all.stream().mapToInt(Watcher::repeated).sum(),
                all.stream().mapToInt(Watcher::ended).sum(), all.stream().mapToInt(Watcher::broken).sum(),
                all.stream().map(Watcher::lastBreak).filter(how -> !how.isEmpty()).findFirst().orElse(""));
    }

    /// Waits until each has been told what is acknowledged by now. Who had to begin again since a bundle was replaced
    /// has done so then: one that begins while the next one leaves ends once more.
    void met() throws InterruptedException {
        long end = System.nanoTime() + CATCH_UP.toNanos();
        for (int n = 0; n < watchers.size(); n++) {
            Ledger acknowledged = load.ledger(n).copy();
            for (Watcher watcher : watchers.get(n)) {
                missing(watcher, acknowledged, end);
            }
        }
    }

    /// How much of what was acknowledged a watch has not been told when that time has come.
    private int missing(Watcher watcher, Ledger acknowledged, long end) throws InterruptedException {
        int missing = acknowledged.missingIn(watcher.told());
        while (missing > 0 && System.nanoTime() - end < 0) {
            over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            missing = acknowledged.missingIn(watcher.told());
        }
        return missing;
    }

    @Override
    public void close() {
        over.countDown();
        apis.forEach(Api::close);
        threads.shutdownNow();
    }
}
