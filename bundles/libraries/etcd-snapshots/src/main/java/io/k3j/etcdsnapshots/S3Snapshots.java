package io.k3j.etcdsnapshots;

import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Snapshots in a bucket, laid out as K3s does: `<folder>/<name>`, with who made it in the object's metadata. To be
/// closed. Every call blocks for requests; a list takes one for each snapshot, since only an object itself tells who
/// made it.
final class S3Snapshots implements AutoCloseable {
    private static final String CLUSTER = "k3s-cluster-id";
    private static final String NODE = "k3s-node-name";
    private static final String TOKEN = "k3s-token-hash";
    private final S3Settings settings;
    private final S3Client client;

    /// Asks the bucket first: what is wrong with the settings is told by a request that changes nothing.
    /// @throws IOException when the bucket cannot be used, in a sentence
    S3Snapshots(S3Settings settings, InstantSource clock) throws IOException {
        this.settings = settings;
        client = new S3Client(settings, System.getenv(), clock);
        try {
            client.check();
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /// Who a snapshot is from: the words that go with it as `x-amz-meta-k3s-…`, which K3s reads as well.
    ///
    /// @param cluster the uid of `kube-system`, may be empty
    /// @param node the node it was taken on
    /// @param tokenHash may be empty
    record Origin(String cluster, String node, String tokenHash) {
        private Map<String, String> words() {
            Map<String, String> words = new LinkedHashMap<>();
            words.put(NODE, node);
            if (!cluster.isEmpty()) {
                words.put(CLUSTER, cluster);
            }
            if (!tokenHash.isEmpty()) {
                words.put(TOKEN, tokenHash);
            }
            return words;
        }
    }

    /// A snapshot that could not be copied there, for the API.
    static SnapshotFile failed(S3Settings settings, SnapshotFile local, String error) {
        return new SnapshotFile(local.name(), SnapshotFile.S3, local.node(), "s3://" + settings.bucket() + "/"
                + settings.key(local.name()), 0, local.created(), local.metadata(), "", settings.shown(), error);
    }

    /// Copies a snapshot there, under the name of its file.
    /// @throws IOException in a sentence; nothing is there then, or what was there before
    void upload(Path file, Origin origin) throws IOException {
        client.put(settings.key(file.getFileName().toString()), file, origin.words());
    }

    /// Fetches one.
    ///
    /// @param to is replaced
    /// @throws IOException when there is none, or it cannot be fetched
    Path download(String name, Path to) throws IOException {
        Optional<Path> got = client.get(settings.key(name), to);
        return got.orElseThrow(() -> new IOException("there is no snapshot " + name + " in the bucket "
                + settings.bucket() + (settings.folder().isEmpty() ? "" : ", folder " + settings.folder())));
    }

    /// All of them, the oldest first; of every node and cluster that keeps its snapshots in this folder.
    List<SnapshotFile> list() throws IOException {
        String prefix = settings.folder().isEmpty() ? "" : settings.folder() + "/";
        List<SnapshotFile> all = new ArrayList<>();
        for (S3Listing.Entry one : client.list(prefix)) {
            String name = one.key().substring(prefix.length());
            if (!name.isEmpty()) {
                Map<String, String> about = client.about(one.key());
                all.add(new SnapshotFile(name, SnapshotFile.S3, about.getOrDefault(NODE, SnapshotFile.S3),
                        "s3://" + settings.bucket() + "/" + one.key(), one.size(), one.modified(), Struct.EMPTY,
                        about.getOrDefault(TOKEN, ""), settings.shown(), ""));
            }
        }
        all.sort(Comparator.comparing(SnapshotFile::created).thenComparing(SnapshotFile::name));
        return all;
    }

    /// Deletes those that exist and returns their names. Looks them up first, because S3 does not say whether it had
    /// one.
    List<String> delete(List<String> names) throws IOException {
        List<String> deleted = new ArrayList<>();
        for (SnapshotFile file : list()) {
            if (names.contains(file.name())) {
                client.delete(settings.key(file.name()));
                deleted.add(file.name());
            }
        }
        return deleted;
    }

    /// Keeps the newest of a prefix and node and returns the names of those that went; 0 keeps all.
    List<String> prune(String prefix, String node, int retention) throws IOException {
        List<String> ours = list().stream().map(SnapshotFile::name)
                .filter(name -> name.startsWith(prefix + "-" + node + "-")).toList();
        return retention <= 0 || ours.size() <= retention ? List.of()
                : delete(ours.subList(0, ours.size() - retention));
    }

    @Override
    public void close() {
        client.close();
    }
}
