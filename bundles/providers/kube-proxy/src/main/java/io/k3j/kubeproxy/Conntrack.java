package io.k3j.kubeproxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The sizes and times of connection tracking: those of `--kube-proxy-arg=conntrack-…`, else the ones K3s sets at a
/// start (<https://docs.k3s.io/advanced>). One thread.
final class Conntrack {
    /// Where the kernel has them once something tracks connections.
    static final Path DIRECTORY = Path.of("/proc/sys/net/netfilter");
    /// Where the kernel has the number of buckets in which it looks connections up.
    static final Path HASH_SIZE = Path.of("/sys/module/nf_conntrack/parameters/hashsize");
    /// The most connections that are tracked.
    static final String MAX = "nf_conntrack_max";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    /// How many connections share a bucket, at most.
    private static final long IN_A_BUCKET = 4;
    private final Path directory;
    private final Path hashSize;
    private final Map<String, String> left;
    /// How many buckets there have to be, 0 once there are.
    private long buckets;

    Conntrack(Path directory, Path hashSize, Map<String, String> sysctls) {
        this.directory = directory;
        this.hashSize = hashSize;
        this.left = new HashMap<>(sysctls);
        this.buckets = Long.parseLong(sysctls.getOrDefault(MAX, "0")) / IN_A_BUCKET;
    }

    /// Writes those that are not so yet, each once. Those that the kernel does not have are left to the next call: it
    /// may load connection tracking with the first rule that asks for it. One that it keeps for itself, as
    /// `nf_conntrack_max` in a network namespace, or refuses, is told in the log.
    void size() {
        left.entrySet().removeIf(wanted -> written(wanted.getKey(), wanted.getValue()));
        if (buckets > 0 && !left.containsKey(MAX)) {
            // in a network namespace both are the host's
            if (Files.isWritable(directory.resolve(MAX))) {
                hash(Long.toString(buckets));
            }
            buckets = 0;
        }
    }

    /// Never makes them fewer. Without more of them a table that may hold so many is searched ever more slowly.
    private void hash(String wanted) {
        try {
            if (Long.parseLong(Files.readString(hashSize).strip()) < buckets) {
                Files.writeString(hashSize, wanted);
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot set buckets of connection tracking file={0} value={1}"
                    + " error={2}", hashSize, wanted, e.getMessage());
        }
    }

    /// Returns false while there is none of that name.
    private boolean written(String name, String value) {
        Path file = directory.resolve(name);
        try {
            if (Files.readString(file).strip().equals(value)) {
                return true;
            }
            if (Files.isWritable(file)) {
                Files.writeString(file, value);
            } else {
                LOG.log(System.Logger.Level.INFO, "Connection tracking is sized elsewhere sysctl={0} wanted={1}", name,
                        value);
            }
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot set connection tracking sysctl={0} value={1} error={2}", name,
                    value, e.getMessage());
        }
        return true;
    }
}
