package io.k3j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Fills in the defaults that depend on the machine or on other flags, as K3s does.
final class Defaults {
    /// Stands for a token while all else is judged.
    private static final String AWAITED = "awaited";
    private static final String DATA_DIR = "/var/lib/rancher/k3s";
    private static final String KUBECONFIG = "/etc/rancher/k3s/k3s.yaml";

    private Defaults() {
    }

    /// @param given the settings somebody has written down
    /// @param warnings where more of them are added
    /// @param missing where files of tokens are added that are not there; the tokens are [#AWAITED] then
    /// @return what is wrong with the addresses
    /// @throws MissingFile when such a file is not there and the addresses are those of a VPN, which is joined by who
    /// has a token only
    static List<String> fill(Map<String, Object> settings, Set<String> given, Host host, List<String> warnings,
            List<Path> missing) {
        // an empty one is none
        settings.putIfAbsent("dataDir", DATA_DIR);
        if (given.contains("writeKubeconfig")) {
            settings.putIfAbsent("writeKubeconfig", KUBECONFIG);
        }
        if (!host.root()) {
            replace(settings, "dataDir", DATA_DIR, host.home() + "/.rancher/k3s");
            replace(settings, "writeKubeconfig", KUBECONFIG, host.home() + "/.kube/k3s.yaml");
        }
        settings.put("nodeName", nodeName(settings.get("nodeName") instanceof String name ? name : host.name()));
        secret(settings, "token", missing);
        secret(settings, "agentToken", missing);
        if (!missing.isEmpty() && Vpn.asked(settings)) {
            throw new MissingFile(missing.getFirst());
        }
        List<String> problems = new ArrayList<>(Vpn.join(settings, host, warnings));
        problems.addAll(NodeAddresses.fill(settings, given, host));
        if (given.contains("etcdSnapshotRetention") && !given.contains("etcdS3Retention")) {
            // as K3s: before the bucket had a retention of its own that of the disk was both's
            settings.put("etcdS3Retention", settings.getOrDefault("etcdSnapshotRetention", "0"));
        }
        settings.putIfAbsent("defaultLocalStoragePath", settings.get("dataDir") + "/storage");
        if (settings.containsKey("httpsListenPort")) {
            settings.putIfAbsent("advertisePort", settings.get("httpsListenPort"));
        }
        return problems;
    }

    /// As K3s makes a name that Kubernetes takes of one with capitals.
    static String nodeName(String given) {
        return given.toLowerCase(Locale.ROOT);
    }

    private static void replace(Map<String, Object> settings, String key, String preset, String value) {
        if (preset.equals(settings.get(key))) {
            settings.put(key, value);
        }
    }

    /// A token given as a file is read here once, so that nobody else needs to know of the file. It goes before one
    /// that is given itself, as in K3s.
    private static void secret(Map<String, Object> settings, String key, List<Path> missing) {
        Object file = settings.get(key + "File");
        if (!(file instanceof String path)) {
            return;
        }
        try {
            settings.put(key, Files.readString(Path.of(path)).strip());
        } catch (NoSuchFileException absent) {
            missing.add(Path.of(path));
            settings.put(key, AWAITED);
        } catch (IOException e) {
            throw new UsageFailure(
                    "cannot read " + path + " given by --" + (key.equals("token") ? "token" : "agent-token")
                            + "-file: " + e.getClass().getSimpleName() + "; create it, or use the flag without -file");
        }
    }
}
