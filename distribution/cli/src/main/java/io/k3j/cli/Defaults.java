package io.k3j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Fills in the defaults that depend on the machine or on other flags, as K3s does.
final class Defaults {
    private Defaults() {
    }

    /// @param given the settings somebody has written down
    /// @param warnings where more of them are added
    /// @return what is wrong with the addresses
    /// @throws MissingFile when the file of a token is not there
    static List<String> fill(Map<String, Object> settings, Set<String> given, Host host, List<String> warnings) {
        if (!host.root()) {
            replace(settings, "dataDir", "/var/lib/rancher/k3s", host.home() + "/.rancher/k3s");
            replace(settings, "writeKubeconfig", "/etc/rancher/k3s/k3s.yaml", host.home() + "/.kube/k3s.yaml");
        }
        settings.putIfAbsent("nodeName", host.name());
        secret(settings, "token");
        secret(settings, "agentToken");
        List<String> problems = new ArrayList<>(Vpn.join(settings, host, warnings));
        problems.addAll(NodeAddresses.fill(settings, given, host));
        settings.putIfAbsent("defaultLocalStoragePath", settings.get("dataDir") + "/storage");
        if (settings.containsKey("httpsListenPort")) {
            settings.putIfAbsent("advertisePort", settings.get("httpsListenPort"));
        }
        return problems;
    }

    private static void replace(Map<String, Object> settings, String key, String preset, String value) {
        if (preset.equals(settings.get(key))) {
            settings.put(key, value);
        }
    }

    /// A token given as a file is read here once, so that nobody else needs to know of the file.
    /// @throws MissingFile when it is not there
    private static void secret(Map<String, Object> settings, String key) {
        Object file = settings.get(key + "File");
        if (settings.containsKey(key) || !(file instanceof String path)) {
            return;
        }
        try {
            settings.put(key, Files.readString(Path.of(path)).strip());
        } catch (NoSuchFileException absent) {
            throw new MissingFile(Path.of(path));
        } catch (IOException e) {
            throw new UsageFailure(
                    "cannot read " + path + " given by --" + (key.equals("token") ? "token" : "agent-token")
                            + "-file: " + e.getClass().getSimpleName() + "; create it, or use the flag without -file");
        }
    }
}
