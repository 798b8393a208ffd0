package io.k3j.clusteragreement;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which flags all servers of a cluster must agree on: those that any `feature.json` declares `critical`, whether that
/// feature runs, is disabled or lacks its bundles, and the supervisor's own, which nothing can take away.
///
/// A server without the bundles of a feature still has to agree on its flags: others of the cluster run it. Any thread.
public final class Declarations {
    /// The supervisor's own. Flags of no feature, most of them among K3s' critical ones; see
    /// <https://docs.k3s.io/cli/server#critical-configuration-values>.
    static final Set<String> OWN = Set.of("clusterCidr", "serviceCidr", "clusterDns", "clusterDomain",
            "flannelBackend", "flannelIpv6Masq", "flannelExternalIp", "egressSelectorMode", "secretsEncryption",
            "secretsEncryptionProvider", "embeddedRegistry", "supervisorMetrics", "disableCloudController",
            "disableHelmController", "disableKubeProxy", "disableNetworkPolicy", "disable", "agentToken");

    private Declarations() {
    }

    /// All of them, in camel case, from the directory of features. Blocks for the disk.
    /// @param features the directory with one directory per feature; one that is not there declares nothing
    /// @return sorted, never without [#OWN]
    /// @throws IOException naming a file that cannot be read: an unread declaration must not weaken the check
    public static Set<String> critical(Path features) throws IOException {
        Set<String> all = new TreeSet<>(OWN);
        if (!Files.isDirectory(features)) {
            return all;
        }
        try (Stream<Path> directories = Files.list(features)) {
            for (Path directory : directories.sorted().toList()) {
                Path file = directory.resolve("feature.json");
                if (Files.exists(file)) {
                    all.addAll(declared(file));
                }
            }
        }
        return all;
    }

    /// Each feature is looked at, whether it is switched on or not.
    private static Set<String> declared(Path file) throws IOException {
        try {
            Struct feature = Json.object(Files.readAllBytes(file));
            Set<String> names = new TreeSet<>();
            if (feature.get("critical") instanceof Seq list) {
                for (Object name : list) {
                    names.add(String.valueOf(name));
                }
            }
            return names;
        } catch (MalformedInput damaged) {
            throw new IOException("cannot read the critical flags in " + file + ": " + damaged.getMessage(), damaged);
        }
    }
}
