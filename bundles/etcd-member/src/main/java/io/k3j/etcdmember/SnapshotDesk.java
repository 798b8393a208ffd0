package io.k3j.etcdmember;

import io.k3j.etcdclient.EtcdClient;
import io.k3j.etcdclient.EtcdCluster;
import io.k3j.etcdclient.EtcdFailure;
import io.k3j.model.CronSchedule;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Takes snapshots when told to and when it is time.
final class SnapshotDesk implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private final Plan plan;
    private final String node;
    private final Client client;
    private final InstantSource clock;
    private final ReentrantLock one = new ReentrantLock();
    private final CountDownLatch stopping = new CountDownLatch(1);

    /// What the flags say.
    ///
    /// @param schedule empty takes none by itself
    record Plan(Path directory, String prefix, Optional<CronSchedule> schedule, int retention, boolean compress) {
    }

    /// A client of this server's member; the caller closes it.
    interface Client {
        EtcdClient open() throws IOException;
    }

    SnapshotDesk(Plan plan, String node, Client client, InstantSource clock) {
        this.plan = plan;
        this.node = node;
        this.client = client;
        this.clock = clock;
    }

    /// What `/db/snapshot` is asked: `operation` save, list, delete or prune, with `name`, `dir`, `compress` and
    /// `retention`. Blocks; one at a time.
    /// @throws IllegalArgumentException when it is not understood
    Struct carryOut(Struct request) throws IOException {
        String dir = request.text("dir");
        Snapshots snapshots = new Snapshots(dir.isEmpty() ? plan.directory() : Path.of(dir), node, clock);
        Seq names = request.seq("name");
        String first = names.isEmpty() ? "" : String.valueOf(names.get(0));
        one.lock();
        try {
            return switch (request.text("operation")) {
                case "save" -> saved(snapshots, first.isEmpty() ? "on-demand" : first, request);
                case "list" -> Struct.of("items", Seq.copyOf(snapshots.list().stream().map(this::described).toList()));
                case "delete" -> Struct.of("deleted", DbEndpoint.seq(snapshots.delete(texts(names))));
                case "prune" -> Struct.of("deleted", DbEndpoint.seq(snapshots.prune(
                        first.isEmpty() ? plan.prefix() : first, (int) request.whole("retention", plan.retention()))));
                default -> throw new IllegalArgumentException("operation '" + request.text("operation")
                        + "': save, list, delete or prune is wanted");
            };
        } finally {
            one.unlock();
        }
    }

    private Struct saved(Snapshots snapshots, String prefix, Struct request) throws IOException {
        if (prefix.isEmpty() || prefix.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + prefix + "' is no name for a snapshot: it becomes a file's name");
        }
        try (EtcdClient open = client.open()) {
            Snapshots.Snapshot made = snapshots.save(new EtcdCluster(open), prefix,
                    request.flag("compress", plan.compress()));
            int retention = (int) request.whole("retention", plan.retention());
            LOG.log(System.Logger.Level.INFO, "snapshot saved file=" + made.file() + " bytes=" + made.size());
            return Struct.of("created", DbEndpoint.seq(List.of(made.name())), "deleted",
                    DbEndpoint.seq(snapshots.prune(prefix, retention)));
        }
    }

    private static List<String> texts(Seq names) {
        List<String> texts = new ArrayList<>();
        names.forEach(name -> texts.add(String.valueOf(name)));
        return texts;
    }

    /// As an `ETCDSnapshotFile` of K3s.
    private Struct described(Snapshots.Snapshot snapshot) {
        return Struct.of("apiVersion", "k3s.cattle.io/v1", "kind", "ETCDSnapshotFile", "metadata",
                Struct.of("name", snapshot.name()), "spec",
                Struct.of("snapshotName", snapshot.name(), "nodeName", node, "location",
                        "file://" + snapshot.file().toAbsolutePath()),
                "status", Struct.of("size", Long.toString(snapshot.size()), "creationTime",
                        Instant.ofEpochSecond(snapshot.created().getEpochSecond()).toString(), "readyToUse", true));
    }

    /// Takes snapshots by the schedule until [#close].
    void run() throws InterruptedException {
        CronSchedule schedule = plan.schedule().orElseThrow();
        Instant due = schedule.after(clock.instant()).orElse(Instant.MAX);
        while (true) {
            Duration left = due.equals(Instant.MAX) ? LONGEST_WAIT : Duration.between(clock.instant(), due);
            long millis = Math.clamp(left.toMillis(), 1, LONGEST_WAIT.toMillis());
            if (stopping.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
            if (!clock.instant().isBefore(due)) {
                take();
                due = schedule.after(clock.instant()).orElse(Instant.MAX);
            }
        }
    }

    private void take() {
        try {
            carryOut(Struct.of("operation", "save", "name", Seq.of(plan.prefix())));
        } catch (IOException | EtcdFailure e) {
            LOG.log(System.Logger.Level.WARNING, "scheduled snapshot failed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}
