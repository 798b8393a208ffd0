package io.k3j.etcdsnapshots;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Where snapshots lie: a directory of this server and, when there is one, a bucket. Settings of S3 are worked out anew
/// for each request, since they may stand in a Secret that somebody changes. Any thread.
final class SnapshotStores implements SnapshotObjects.Source {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private final SnapshotPlan plan;
    private final String node;
    private final ClusterFacts facts;
    private final SnapshotTimes times;
    private final InstantSource clock;

    SnapshotStores(SnapshotPlan plan, String node, ClusterFacts facts, SnapshotTimes times, InstantSource clock) {
        this.plan = plan;
        this.node = node;
        this.facts = facts;
        this.times = times;
        this.clock = clock;
    }

    /// Those of one request. To be closed, because a client of S3 is open in it.
    ///
    /// @param settings of S3, when it is used; known also where it cannot be
    /// @param s3 empty when it is not used or cannot be
    /// @param fault why S3 is used but cannot be; empty else
    record Both(Snapshots local, Optional<S3Settings> settings, Optional<S3Snapshots> s3, String fault)
            implements
                AutoCloseable {
        /// Whether there shall be a copy in S3, also where there cannot be one.
        boolean wantsS3() {
            return settings.isPresent() || !fault.isEmpty();
        }

        /// How many S3 keeps; 0 for all.
        int kept() {
            return settings.map(S3Settings::retention).orElse(0);
        }

        /// S3, when it is used.
        /// @throws IOException when it cannot be
        Optional<S3Snapshots> bucket() throws IOException {
            if (!fault.isEmpty()) {
                throw new IOException(fault);
            }
            return s3;
        }

        @Override
        public void close() {
            s3.ifPresent(S3Snapshots::close);
        }
    }

    /// What a request is about: its own directory, or that of the flags, and its own bucket. One that names none is
    /// about none, whatever the flags say, as in K3s. Asks the bucket whether it can be used.
    /// @throws IllegalArgumentException naming the flag that is wrong
    /// @throws IOException when the bucket cannot be used
    Both of(Struct request) throws IOException {
        return with(directory(plan.directory(), request.text("dir")),
                request.get("s3") instanceof Struct asked ? Optional.of(settings(asked)) : Optional.empty());
    }

    private Optional<S3Settings> ofFlags() throws IOException {
        return plan.s3().isEmpty() ? Optional.empty() : Optional.of(settings(plan.s3()));
    }

    /// A directory somebody asks for is the one of `--etcd-snapshot-dir` or lies below it: who reaches this endpoint
    /// writes and deletes as root. Links on the way are followed before it is compared.
    /// @throws IllegalArgumentException when it is not
    static Path directory(Path configured, String asked) throws IOException {
        if (asked.isEmpty()) {
            return configured;
        }
        Path wanted = Path.of(asked).toAbsolutePath().normalize();
        Path allowed = configured.toAbsolutePath().normalize();
        Path present = wanted;
        while (present.startsWith(allowed) && Files.notExists(present)) {
            present = Objects.requireNonNull(present.getParent());
        }
        boolean inside = wanted.startsWith(allowed)
                && (!present.startsWith(allowed) || present.toRealPath().startsWith(allowed.toRealPath()));
        if (!inside) {
            throw new IllegalArgumentException("--dir=" + asked + " is not below " + allowed
                    + ", where this server keeps its snapshots: leave it out, or start the server with"
                    + " --etcd-snapshot-dir=" + asked);
        }
        return wanted;
    }

    private Both with(Path directory, Optional<S3Settings> settings) throws IOException {
        return new Both(new Snapshots(directory, node, clock), settings, settings.isPresent()
                ? Optional.of(new S3Snapshots(settings.get(), clock)) : Optional.empty(), "");
    }

    /// Those of the flags, also when the bucket cannot be used: the disk is better than nothing.
    Both evenWithoutS3() {
        Optional<S3Settings> settings = Optional.empty();
        try {
            settings = ofFlags();
            return with(plan.directory(), settings);
        } catch (IOException | IllegalArgumentException e) {
            return new Both(new Snapshots(plan.directory(), node, clock), settings, Optional.empty(),
                    String.valueOf(e.getMessage()));
        }
    }

    /// Where it is noted how long things take.
    SnapshotTimes times() {
        return times;
    }

    /// A Secret counts only where nothing else is given, as in K3s: else nobody could say which of two buckets is
    /// meant.
    private S3Settings settings(Struct asked) throws IOException {
        String secret = asked.text("configSecret");
        if (!secret.isEmpty() && S3Settings.onlySecret(asked)) {
            return S3Settings.of(S3Settings.ofSecret(facts.secret(secret)));
        }
        if (!secret.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "Ignoring the S3 config Secret " + secret
                    + ": other settings of S3 are given");
        }
        return S3Settings.of(asked);
    }

    /// Who a snapshot of this server is from, as far as that is known now.
    S3Snapshots.Origin origin() {
        return new S3Snapshots.Origin(facts.cluster(), node, facts.tokenHash());
    }

    /// What is said about a new snapshot.
    Struct metadata() {
        return facts.metadata();
    }

    /// The list K3s answers: objects of the API that are in no datastore.
    static Struct list(List<SnapshotFile> files) {
        return Struct.of("kind", SnapshotFile.KIND + "List", "apiVersion", SnapshotFile.API, "metadata", Struct.EMPTY,
                "items", Seq.copyOf(files.stream().map(SnapshotFile::object).toList()));
    }

    /// Those in a directory, the oldest first. All get the hash of the token in force: a file does not tell which one
    /// it was taken under.
    List<SnapshotFile> described(Snapshots local) throws IOException {
        String hash = facts.tokenHash();
        List<SnapshotFile> all = new ArrayList<>();
        for (Snapshots.Snapshot one : local.list()) {
            all.add(described(local, one, hash));
        }
        return all;
    }

    /// One in a directory.
    SnapshotFile described(Snapshots local, Snapshots.Snapshot one) {
        return described(local, one, facts.tokenHash());
    }

    private SnapshotFile described(Snapshots local, Snapshots.Snapshot one, String hash) {
        return new SnapshotFile(one.name(), node, node, "file://" + one.file().toAbsolutePath(), one.size(),
                one.created(), local.metadataOf(one), hash, Struct.EMPTY, "");
    }

    /// S3 that cannot be asked is missing, so that its objects stay as they are; a disk that cannot be read ends the
    /// look.
    @Override
    public Map<String, List<SnapshotFile>> all() throws IOException {
        Map<String, List<SnapshotFile>> all = new LinkedHashMap<>();
        all.put(node, times.measured(SnapshotTimes.Step.RECONCILE_LOCAL,
                () -> described(new Snapshots(plan.directory(), node, clock))));
        if (!plan.s3().isEmpty()) {
            try {
                all.put(SnapshotFile.S3, times.measured(SnapshotTimes.Step.RECONCILE_S3, this::inS3));
            } catch (IOException | IllegalArgumentException away) {
                LOG.log(System.Logger.Level.WARNING, "Cannot list snapshots in S3: " + away.getMessage());
            }
        }
        return all;
    }

    private List<SnapshotFile> inS3() throws IOException {
        try (Both both = with(plan.directory(), ofFlags())) {
            return both.s3().orElseThrow().list();
        }
    }
}
