package io.k3j.etcdmember;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where snapshots lie: a directory of this server and, when there is one, a bucket.
final class SnapshotStores implements SnapshotObjects.Source {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private final SnapshotDesk.Plan plan;
    private final String node;
    private final ClusterFacts facts;
    private final InstantSource clock;

    SnapshotStores(SnapshotDesk.Plan plan, String node, ClusterFacts facts, InstantSource clock) {
        this.plan = plan;
        this.node = node;
        this.facts = facts;
        this.clock = clock;
    }

    /// Those of one request.
    ///
    /// @param s3 empty when S3 is not used
    /// @param kept how many S3 keeps
    record Both(Snapshots local, Optional<S3Snapshots> s3, int kept) implements AutoCloseable {
        @Override
        public void close() {
            s3.ifPresent(S3Snapshots::close);
        }
    }

    /// What a request is about: its own directory and bucket, or those of the flags.
    /// @throws IOException when the bucket cannot be used
    Both of(Struct request) throws IOException {
        String dir = request.text("dir");
        Snapshots local = new Snapshots(dir.isEmpty() ? plan.directory() : Path.of(dir), node, clock);
        Optional<S3Settings> settings = settings(request.has("s3") ? request.struct("s3") : plan.s3());
        return new Both(local, settings.isPresent() ? Optional.of(new S3Snapshots(settings.get(), clock))
                : Optional.empty(), settings.map(S3Settings::retention).orElse(0));
    }

    private Optional<S3Settings> settings(Struct asked) throws IOException {
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        String secret = asked.text("configSecret");
        if (!secret.isEmpty() && S3Settings.onlySecret(asked)) {
            return Optional.of(S3Settings.of(S3Settings.ofSecret(facts.secret(secret))));
        }
        if (!secret.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "ignoring the S3 Secret " + secret
                    + ": other settings of S3 are given");
        }
        return Optional.of(S3Settings.of(asked));
    }

    /// Who a snapshot of this server is from.
    S3Snapshots.Origin origin() {
        return new S3Snapshots.Origin(facts.cluster(), node, facts.tokenHash());
    }

    /// What is said about a new snapshot.
    Struct metadata() {
        return facts.metadata();
    }

    /// The list K3s answers.
    static Struct list(List<SnapshotFile> files) {
        return Struct.of("kind", SnapshotFile.KIND + "List", "apiVersion", SnapshotFile.API, "metadata", Struct.EMPTY,
                "items", Seq.copyOf(files.stream().map(SnapshotFile::object).toList()));
    }

    /// Those in a directory.
    List<SnapshotFile> described(Snapshots local) throws IOException {
        String hash = facts.tokenHash();
        List<SnapshotFile> all = new ArrayList<>();
        for (Snapshots.Snapshot one : local.list()) {
            all.add(new SnapshotFile(one.name(), node, node, "file://" + one.file().toAbsolutePath(), one.size(),
                    one.created(), local.metadataOf(one), hash, Struct.EMPTY));
        }
        return all;
    }

    @Override
    public Map<String, List<SnapshotFile>> all() throws IOException {
        Map<String, List<SnapshotFile>> all = new LinkedHashMap<>();
        all.put(node, described(new Snapshots(plan.directory(), node, clock)));
        if (!plan.s3().isEmpty()) {
            try (Both both = of(Struct.EMPTY)) {
                all.put(SnapshotFile.S3, both.s3().orElseThrow().list());
            } catch (IOException | IllegalArgumentException away) {
                LOG.log(System.Logger.Level.WARNING, "snapshots in S3 cannot be listed: " + away.getMessage());
            }
        }
        return all;
    }
}
