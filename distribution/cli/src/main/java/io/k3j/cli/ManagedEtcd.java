package io.k3j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Whether this server runs etcd itself: because its data is there, or because it begins or joins a cluster.
final class ManagedEtcd {
    private static final String ENDPOINT = "datastoreEndpoint";

    private ManagedEtcd() {
    }

    /// Adds the settings `managedEtcd` and `etcd` (any etcd), by which features are chosen. Data on disk decides
    /// over the flags, as in K3s: then they are taken out and named in a warning.
    /// @return what cannot be combined
    static List<String> decide(Map<String, Object> settings, List<String> warnings) {
        Path db = Path.of((String) settings.get("dataDir")).resolve("server/db");
        // who was killed while he put new data in the old one's place has left it under its first name
        boolean there = Files.exists(db.resolve("etcd/member")) || Files.exists(db.resolve("etcd-new/member"));
        boolean joins = given(settings, "server") && !given(settings, ENDPOINT);
        // a member that was taken out joins again
        if (there && Files.notExists(db.resolve("etcd/tombstone"))) {
            ignore(settings, warnings);
        }
        boolean managed = there || joins || Boolean.TRUE.equals(settings.get("clusterInit"))
                || Boolean.TRUE.equals(settings.get("clusterReset"));
        String endpoint = String.valueOf(settings.getOrDefault(ENDPOINT, ""));
        settings.put("managedEtcd", managed);
        settings.put("etcd", managed || endpoint.startsWith("http://") || endpoint.startsWith("https://"));
        List<String> problems = there ? new ArrayList<>() : problems(settings);
        problems.addAll(resetProblems(settings, there));
        problems.addAll(elsewhereProblems(settings, there));
        problems.addAll(apiElsewhere(settings, managed, warnings));
        return problems;
    }

    private static void ignore(Map<String, Object> settings, List<String> warnings) {
        List<String> ignored = new ArrayList<>();
        if (Boolean.TRUE.equals(settings.get("clusterInit"))) {
            ignored.add("--cluster-init");
        }
        if (given(settings, "server")) {
            ignored.add("--server");
        }
        if (given(settings, ENDPOINT)) {
            ignored.add("--datastore-endpoint");
            settings.remove(ENDPOINT);
        }
        if (!ignored.isEmpty()) {
            warnings.add("managed etcd found in the data directory, so it is used; ignored: "
                    + String.join(", ", ignored));
        }
    }

    private static boolean given(Map<String, Object> settings, String key) {
        return settings.get(key) instanceof String text && !text.isEmpty();
    }

    private static List<String> problems(Map<String, Object> settings) {
        List<String> problems = new ArrayList<>();
        if (Boolean.TRUE.equals(settings.get("clusterInit")) && given(settings, ENDPOINT)) {
            problems.add("--cluster-init and --datastore-endpoint are two datastores; leave one out");
        }
        return problems;
    }

    /// With `--disable-etcd` the members are other servers.
    private static List<String> elsewhereProblems(Map<String, Object> settings, boolean there) {
        List<String> problems = new ArrayList<>();
        if (!Boolean.TRUE.equals(settings.get("disableEtcd"))) {
            return problems;
        }
        if (given(settings, ENDPOINT)) {
            problems.add("invalid flag use; cannot use --disable-etcd with --datastore-endpoint: there is no managed"
                    + " etcd with it; leave --disable-etcd out");
        } else if (!given(settings, "server")) {
            problems.add("invalid flag use; --server is required with --disable-etcd: the address of a server of the"
                    + " cluster, for example --server=https://192.0.2.1:6443");
        }
        if (Boolean.TRUE.equals(settings.get("clusterInit")) || Boolean.TRUE.equals(settings.get("clusterReset"))) {
            problems.add("--disable-etcd cannot be used with --cluster-init or --cluster-reset, which need etcd on this"
                    + " server; leave one out");
        }
        if (there) {
            String db = settings.get("dataDir") + "/server/db";
            problems.add("--disable-etcd cannot be used where a member of etcd has its data: " + db + "/etcd; take it"
                    + " out of the cluster first (k3s kubectl delete node " + settings.get("nodeName")
                    + " on another server), then move " + db + "/etcd away");
        }
        return problems;
    }

    /// With `--disable-apiserver` the API servers are others, which find this server's etcd.
    private static List<String> apiElsewhere(Map<String, Object> settings, boolean managed, List<String> warnings) {
        List<String> problems = new ArrayList<>();
        if (!Boolean.TRUE.equals(settings.get("disableApiserver"))) {
            return problems;
        }
        if (given(settings, ENDPOINT)) {
            problems.add(
                    "invalid flag use; cannot use --disable-apiserver with --datastore-endpoint: such a server would"
                            + " have nothing to do; use k3s agent");
        } else if (Boolean.TRUE.equals(settings.get("disableEtcd"))) {
            problems.add("--disable-apiserver and --disable-etcd leave nothing of a server; use k3s agent");
        } else if (!managed) {
            problems.add("--disable-apiserver needs etcd on this server: add --cluster-init to begin a cluster, or"
                    + " --server to join one");
        }
        for (String part : List.of("ControllerManager", "Scheduler")) {
            if (!Boolean.TRUE.equals(settings.get("disable" + part))) {
                warnings.add("--disable-apiserver also disables this server's "
                        + (part.equals("Scheduler") ? "scheduler" : "controllers"));
            }
        }
        return problems;
    }

    private static List<String> resetProblems(Map<String, Object> settings, boolean there) {
        List<String> problems = new ArrayList<>();
        boolean reset = Boolean.TRUE.equals(settings.get("clusterReset"));
        boolean restore = given(settings, "clusterResetRestorePath");
        if (restore && !reset) {
            problems.add("--cluster-reset-restore-path requires --cluster-reset; add it");
        }
        if (reset && given(settings, "server")) {
            problems.add("--cluster-reset cannot be used with --server; leave --server out");
        }
        if (reset && restore && problems.isEmpty()) {
            problems.addAll(restoreProblems(settings));
        } else if (reset && !restore && !there) {
            problems.add("there is no managed etcd in " + settings.get("dataDir")
                    + "/server/db/etcd to reset; give --cluster-reset-restore-path, or leave --cluster-reset out");
        }
        return problems;
    }

    /// A restore is refused before anything is written.
    private static List<String> restoreProblems(Map<String, Object> settings) {
        Path token = Path.of((String) settings.get("dataDir")).resolve("server/token");
        if (!given(settings, "token") && !Files.exists(token)) {
            return List.of(token + " does not exist, please pass --token to complete the restoration");
        }
        if (!Boolean.TRUE.equals(settings.get("etcdS3"))) {
            Path snapshot = Path.of((String) settings.get("clusterResetRestorePath")).toAbsolutePath();
            return SnapshotCheck.problem(snapshot).stream().toList();
        }
        return given(settings, "etcdS3ConfigSecret") ? List.of("cannot use S3 config secret when restoring snapshot;"
                + " configuration must be set in CLI or config file") : List.of();
    }
}
