package io.k3j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Fills in the defaults that depend on the machine or on other flags, as K3s does.
final class Defaults {
    private static final int DNS_ADDRESS = 10;

    private Defaults() {
    }

    static void fill(Map<String, Object> settings, Host host) {
        if (!host.root()) {
            replace(settings, "dataDir", "/var/lib/rancher/k3s", host.home() + "/.rancher/k3s");
            replace(settings, "writeKubeconfig", "/etc/rancher/k3s/k3s.yaml", host.home() + "/.kube/k3s.yaml");
        }
        settings.putIfAbsent("nodeName", host.name());
        host.address().ifPresent(a -> settings.putIfAbsent("nodeIp", new String[] {a}));
        secret(settings, "token");
        secret(settings, "agentToken");
        if (settings.get("serviceCidr") instanceof String[] cidrs) {
            dns(settings, cidrs[0]);
        }
        settings.putIfAbsent("defaultLocalStoragePath", settings.get("dataDir") + "/storage");
        String[] nodeIp = (String[]) settings.getOrDefault("nodeIp", new String[] {"127.0.0.1"});
        String[] external = (String[]) settings.getOrDefault("nodeExternalIp", new String[] {nodeIp[0]});
        settings.putIfAbsent("advertiseAddress", external[0]);
        if (settings.containsKey("httpsListenPort")) {
            settings.putIfAbsent("advertisePort", settings.get("httpsListenPort"));
        }
    }

    private static void replace(Map<String, Object> settings, String key, String preset, String value) {
        if (preset.equals(settings.get(key))) {
            settings.put(key, value);
        }
    }

    private static void dns(Map<String, Object> settings, String serviceCidr) {
        try {
            settings.putIfAbsent("clusterDns", new String[] {Cidr.parse(serviceCidr).address(DNS_ADDRESS)});
        } catch (IllegalArgumentException e) {
            settings.remove("clusterDns");
        }
    }

    /// A token given as a file is read here once, so that nobody else needs to know of the file.
    private static void secret(Map<String, Object> settings, String key) {
        Object file = settings.get(key + "File");
        if (settings.containsKey(key) || !(file instanceof String path)) {
            return;
        }
        try {
            settings.put(key, Files.readString(Path.of(path)).strip());
        } catch (IOException e) {
            throw new UsageFailure(
                    "cannot read " + path + " given by --" + (key.equals("token") ? "token" : "agent-token")
                            + "-file: " + e.getClass().getSimpleName() + "; create it, or use the flag without -file");
        }
    }
}
