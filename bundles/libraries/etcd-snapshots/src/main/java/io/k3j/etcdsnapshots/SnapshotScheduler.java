package io.k3j.etcdsnapshots;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Takes snapshots when told to and when it is time. All operations take one lock, since each counts files that another
/// one would make or delete. For any thread; only [#run] wants one for itself.
final class SnapshotScheduler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// Waits are measured by a clock that stands still while a machine sleeps: so the time of day is looked at this
    /// often.
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private final SnapshotPlan plan;
    private final SnapshotStores stores;
    private final SnapshotMaker maker;
    private final Listener told;
    private final InstantSource clock;
    /// Held for a whole operation, S3 included.
    private final ReentrantLock one = new ReentrantLock();
    /// Ends the wait for the next time at once.
    private final CountDownLatch stopping = new CountDownLatch(1);

    /// Hears what became of snapshots; must not block, for it is called with the lock held.
    interface Listener {
        /// One could not be taken or copied.
        void failed(SnapshotFile one);

        /// There may be other snapshots than before; these were deleted on purpose. Called after failures, too.
        void changed(List<String> deleted);
    }

    SnapshotScheduler(SnapshotPlan plan, SnapshotStores stores, EtcdSnapshots.Source member, Listener told,
            InstantSource clock) {
        this.plan = plan;
        this.stores = stores;
        this.told = told;
        maker = new SnapshotMaker(stores, member, told, clock);
        this.clock = clock;
    }

    /// What `/db/snapshot` is asked: `operation` save, list, delete or prune, with `name`, `dir`, `compress`,
    /// `retention` and `s3`, without which the bucket is left alone. Blocks; one at a time.
    /// @throws IllegalArgumentException when it is not understood
    /// @throws IOException in a sentence when it cannot be done
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

    /// Whatever came of it, the objects are looked at again; a list changes nothing and says so to nobody.
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

    /// The one name that is given, or the prefix of the plan. It becomes part of a file's name, so it has no slash.
    private static String name(Struct request, String otherwise) {
        Seq names = request.seq("name");
        String name = names.isEmpty() || names.text(0).isEmpty() ? otherwise : names.text(0);
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + name + "' is no name for a snapshot: it becomes a file's name");
        }
        return name;
    }

    /// Old ones are deleted after the new one is whole, and before it is copied: a full disk does not keep S3 from
    /// having it.
    private Struct saved(SnapshotStores.Both both, String prefix, Struct request) throws IOException {
        SnapshotFile made = maker.onDisk(both.local(), prefix, request.flag("compress", plan.compress()));
        Set<String> gone = prunedOnDisk(both, prefix, request);
        if (both.wantsS3()) {
            try {
                maker.inS3(both, made);
            } finally {
                // also when the copy failed: the bucket may be full
                gone.addAll(prunedInS3(both, prefix, request));
            }
        }
        return result(List.of(made.name()), gone);
    }

    /// The disk first, then S3: a snapshot that is in both is there twice, as in K3s' list.
    private Struct listed(SnapshotStores.Both both) throws IOException {
        List<SnapshotFile> all = new ArrayList<>(stores.described(both.local()));
        if (both.s3().isPresent()) {
            all.addAll(both.s3().get().list());
        }
        return SnapshotStores.list(all);
    }

    /// @throws IOException when S3 fails; those on the disk are gone then, and a second call goes on
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
            gone.addAll(both.s3().get().prune(prefix, both.local().node(), keptInS3(both, request)));
        }
        return gone;
    }

    /// The bucket's own retention; where a request says one for the disk only, that.
    private static int keptInS3(SnapshotStores.Both both, Struct request) {
        return request.has("retention") && !request.struct("s3").has("retention")
                ? (int) request.whole("retention", 0) : both.kept();
    }

    /// The retention of the request, else the plan's.
    private Set<String> prunedOnDisk(SnapshotStores.Both both, String prefix, Struct request) throws IOException {
        return new LinkedHashSet<>(both.local().prune(prefix, (int) request.whole("retention", plan.retention())));
    }

    /// After a new one, which is there whatever becomes of the old ones.
    private static List<String> prunedInS3(SnapshotStores.Both both, String prefix, Struct request) {
        try {
            return both.s3().isPresent()
                    ? both.s3().get().prune(prefix, both.local().node(), keptInS3(both, request)) : List.of();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot prune snapshots in S3: " + e.getMessage());
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

    /// Takes one as the schedule does. Throws nothing: the next one is taken all the same.
    void take() {
        one.lock();
        try (SnapshotStores.Both both = stores.evenWithoutS3()) {
            carriedOut("save", both, Struct.of("name", Seq.of(plan.prefix())));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "Scheduled snapshot failed: " + e.getMessage());
        } finally {
            one.unlock();
        }
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}
