package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.model.CronSchedule;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Takes snapshots when told to and when it is time.
final class SnapshotDesk implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private final Plan plan;
    private final SnapshotStores stores;
    private final SnapshotMaker maker;
    private final Told told;
    private final InstantSource clock;
    private final ReentrantLock one = new ReentrantLock();
    private final CountDownLatch stopping = new CountDownLatch(1);

    /// What the flags say.
    ///
    /// @param schedule empty takes none by itself
    /// @param reconcile how often objects are compared with files
    /// @param s3 K3s' request form; empty keeps none there
    record Plan(Path directory, String prefix, Optional<CronSchedule> schedule, int retention, boolean compress,
            Duration reconcile, Struct s3) {
    }

    /// A client of this server's member; the caller closes it.
    interface Client {
        EtcdClient open() throws IOException;
    }

    /// Hears what became of snapshots; must not block.
    interface Told {
        /// One could not be taken or copied.
        void failed(SnapshotFile one);

        /// There may be other snapshots than before; these were deleted.
        void changed(List<String> deleted);
    }

    SnapshotDesk(Plan plan, SnapshotStores stores, Client client, Told told, InstantSource clock) {
        this.plan = plan;
        this.stores = stores;
        this.told = told;
        maker = new SnapshotMaker(stores, client, told, clock);
        this.clock = clock;
    }

    /// What `/db/snapshot` is asked: `operation` save, list, delete or prune, with `name`, `dir`, `compress`,
    /// `retention` and `s3`. Blocks; one at a time.
    /// @throws IllegalArgumentException when it is not understood
    Struct carryOut(Struct request) throws IOException {
        String operation = request.text("operation");
        if (!Set.of("save", "list", "delete", "prune").contains(operation)) {
            throw new IllegalArgumentException("operation '" + operation + "': save, list, delete or prune is wanted");
        }
        one.lock();
        try (SnapshotStores.Both both = stores.of(request)) {
            return carriedOut(operation, both, request);
        } finally {
            one.unlock();
        }
    }

    private Struct carriedOut(String operation, SnapshotStores.Both both, Struct request) throws IOException {
        if (operation.equals("list")) {
            return listed(both);
        }
        List<String> gone = List.of();
        try {
            Struct result = switch (operation) {
                case "save" -> stores.times().measured(SnapshotTimes.Step.SAVE,
                        () -> saved(both, name(request, "on-demand"), request));
                case "delete" -> deleted(both, texts(request.seq("name")));
                default -> result(List.of(), pruned(both, name(request, plan.prefix()), request));
            };
            gone = result.seq("deleted").texts();
            return result;
        } finally {
            told.changed(gone);
        }
    }

    private static String name(Struct request, String otherwise) {
        Seq names = request.seq("name");
        String name = names.isEmpty() || names.text(0).isEmpty() ? otherwise : names.text(0);
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + name + "' is no name for a snapshot: it becomes a file's name");
        }
        return name;
    }

    private Struct saved(SnapshotStores.Both both, String prefix, Struct request) throws IOException {
        SnapshotFile made = maker.onDisk(both.local(), prefix, request.flag("compress", plan.compress()));
        Set<String> gone = prunedOnDisk(both, prefix, request);
        if (both.wantsS3()) {
            try {
                maker.inS3(both, made);
            } finally {
                // also when the copy failed: the bucket may be full
                gone.addAll(prunedInS3(both, prefix));
            }
        }
        return result(List.of(made.name()), gone);
    }

    private Struct listed(SnapshotStores.Both both) throws IOException {
        List<SnapshotFile> all = new ArrayList<>(stores.described(both.local()));
        if (both.s3().isPresent()) {
            all.addAll(both.s3().get().list());
        }
        return SnapshotStores.list(all);
    }

    private static Struct deleted(SnapshotStores.Both both, List<String> names) throws IOException {
        Set<String> gone = new LinkedHashSet<>(both.local().delete(names));
        if (both.s3().isPresent()) {
            gone.addAll(both.s3().get().delete(names));
        }
        return result(List.of(), gone);
    }

    private Set<String> pruned(SnapshotStores.Both both, String prefix, Struct request) throws IOException {
        Set<String> gone = prunedOnDisk(both, prefix, request);
        if (both.s3().isPresent()) {
            gone.addAll(both.s3().get().prune(prefix, both.local().node(), both.kept()));
        }
        return gone;
    }

    private Set<String> prunedOnDisk(SnapshotStores.Both both, String prefix, Struct request) throws IOException {
        return new LinkedHashSet<>(both.local().prune(prefix, (int) request.whole("retention", plan.retention())));
    }

    /// After a new one, which is there whatever becomes of the old ones.
    private static List<String> prunedInS3(SnapshotStores.Both both, String prefix) {
        try {
            return both.s3().isPresent() ? both.s3().get().prune(prefix, both.local().node(), both.kept()) : List.of();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "old snapshots stay in S3: " + e.getMessage());
            return List.of();
        }
    }

    private static Struct result(List<String> created, java.util.Collection<String> deleted) {
        return Struct.of("created", Seq.copyOf(created), "deleted", Seq.copyOf(deleted));
    }

    private static List<String> texts(Seq names) {
        List<String> texts = new ArrayList<>();
        names.forEach(name -> texts.add(String.valueOf(name)));
        return texts;
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

    /// Takes one as the schedule does.
    void take() {
        one.lock();
        try (SnapshotStores.Both both = stores.evenWithoutS3()) {
            carriedOut("save", both, Struct.of("name", Seq.of(plan.prefix())));
        } catch (IOException | EtcdFailure | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "scheduled snapshot failed: " + e.getMessage());
        } finally {
            one.unlock();
        }
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}
