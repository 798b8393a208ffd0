package io.k3j.etcdsnapshots;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The snapshots of one member: taken on demand and by a schedule, kept in a directory and in S3, told to the API. One
/// for a member, from its start to its end.
///
/// **Guarantees.**
///
/// 1. One operation at a time: the others wait, whether somebody asked for them or the schedule.
/// 2. A file that has its name is whole, on stable storage and for root only. What a killed process left is removed by
///    the next [#tidy] or save.
/// 3. A snapshot stays on the disk although S3 fails, and is counted then.
/// 4. Nothing outside the directory of the plan, the `.metadata` beside it and the bucket is written or deleted,
///    whatever is asked.
/// 5. The API follows the files: what it holds about them is made again when somebody changes it.
///
/// **Threads.** None of its own: [#runSchedule] and [#runObjects] want one each, until [#close]. Any thread may call.
///
/// **Failure.** A snapshot that could not be taken is told to whoever asked, and to the API for a day. A run that
/// throws may begin again: it keeps nothing that would be lost.
public final class EtcdSnapshots implements AutoCloseable {
    private final SnapshotScheduler scheduler;
    private final SnapshotObjects objects;
    private final SnapshotTimes times;

    /// The etcd whose snapshots these are. Implemented by whoever has a client of etcd; called by the threads that call
    /// [EtcdSnapshots], by one at a time for a copy and by any for the nodes.
    public interface Source {
        /// Writes a snapshot of it; blocks for as long as that takes. What was written before it failed is discarded.
        ///
        /// @param out a file of ours, not buffered; it is not to be closed
        /// @throws IOException in a sentence when it cannot be taken, and whatever `out` throws
        void copyTo(OutputStream out) throws IOException;

        /// The nodes with a member in the cluster, by the names of their Nodes; none while that is not known. Does not
        /// block. Objects about snapshots of other nodes are deleted, so a name must not be missing by mistake.
        Set<String> nodes();
    }

    /// Of a member; nothing begins by itself, and nothing is read.
    ///
    /// @param node the name of the member's Node, a part of every name
    /// @param plan what the flags say
    /// @param member the etcd
    /// @param passwords the file with the password of the server token, which is read when a snapshot is described; it
    ///     may be missing
    /// @param api null while the API is away
    public EtcdSnapshots(String node, SnapshotPlan plan, Source member, Path passwords,
            Supplier<@Nullable ApiClient> api) {
        InstantSource clock = InstantSource.system();
        times = new SnapshotTimes(System::nanoTime);
        SnapshotStores stores = new SnapshotStores(plan, node, new ClusterFacts(passwords, api), times, clock);
        SnapshotOutcomes news = new SnapshotOutcomes();
        objects = new SnapshotObjects(stores, news,
                new SnapshotObjects.Around(node, plan.reconcile(), member::nodes, times), api, clock);
        scheduler = new SnapshotScheduler(plan, stores, member, news.told(objects::poke), clock);
    }

    /// Carries out what `k3s etcd-snapshot` asks, as K3s' `/db/snapshot` has it. Blocks until it is done; one at a
    /// time.
    ///
    /// @param request `operation`: save, list, delete or prune; `name`: a list of names, or of one prefix; `dir`: below
    ///     that of the plan; `compress`; `retention`; what of these is missing is the plan's; `s3`: K3s' request form;
    ///     without it the bucket of the plan is left alone
    /// @return the list K3s answers, or the names that were `created` and `deleted`
    /// @throws IllegalArgumentException in a sentence when it is not understood; nothing has been done then
    /// @throws IOException in a sentence when it cannot be done; part of it may have been
    public Struct carryOut(Struct request) throws IOException {
        return scheduler.carryOut(request);
    }

    /// Takes snapshots by the schedule of the plan, which must have one, until [#close]. What fails is logged and told
    /// to the API, and the next time is waited for. A time that passed while a snapshot was taken, or while the machine
    /// slept, is not made up for more than once.
    /// @throws java.util.NoSuchElementException when the plan has no schedule
    public void runSchedule() throws InterruptedException {
        scheduler.run();
    }

    /// Keeps one `ETCDSnapshotFile` per snapshot, until [#close]: after every operation that may change files, every
    /// interval of the plan, and two seconds after a look that failed.
    public void runObjects() throws InterruptedException {
        objects.run();
    }

    /// How long all that took, in Prometheus' text form. Does not block.
    public String metrics() {
        return times.text();
    }

    /// Removes what an earlier process was taking when it was killed; parts that are younger than this process stay.
    /// What cannot be removed is logged.
    public static void tidy(SnapshotPlan plan, String node) {
        new Snapshots(plan.directory(), node, InstantSource.system()).tidy();
    }

    /// Whether S3 can be used so, as far as its settings tell: nobody is asked.
    ///
    /// @param asked K3s' request form
    /// @throws IllegalArgumentException naming the flag that is wrong
    public static void checkS3(Struct asked) {
        S3Settings.of(asked);
    }

    /// Fetches one from S3; blocks for as long as that takes.
    ///
    /// @param asked K3s' request form
    /// @param name the snapshot's name, without the folder
    /// @param to the file to write; it is replaced, and part of it may be there after a failure
    /// @return `to`
    /// @throws IllegalArgumentException naming the flag that is wrong
    /// @throws IOException in a sentence when there is none, or the bucket cannot be used
    public static Path fetch(Struct asked, String name, Path to) throws IOException {
        try (S3Snapshots s3 = new S3Snapshots(S3Settings.of(asked), InstantSource.system())) {
            return s3.download(name, to);
        }
    }

    /// Ends the two runs; what is being done is done to its end. Does not block.
    @Override
    public void close() {
        scheduler.close();
        objects.close();
    }
}
