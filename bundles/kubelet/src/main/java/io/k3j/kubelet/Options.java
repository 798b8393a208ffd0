package io.k3j.kubelet;

import io.k3j.model.Quantity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the kubelet is told, after defaults: flags and `--kubelet-arg` in one value.
///
/// @param nodeName of this node
/// @param dataDir of K3s
/// @param rootDir of pods' files, `/var/lib/kubelet`
/// @param logDir of pods' logs, `/var/log/pods`
/// @param cgroupRoot below which `kubepods` lies, `/`
/// @param clusterDns addresses of the cluster's DNS
/// @param clusterDomain as `cluster.local`
/// @param arguments everything given by `--kubelet-arg`
record Options(String nodeName, Path dataDir, Path rootDir, Path logDir, String cgroupRoot, List<String> clusterDns,
        String clusterDomain, Map<String, String> arguments) {

    /// From settings.
    static Options of(Settings s) {
        Map<String, String> a = new HashMap<>();
        for (String arg : s.kubeletArg()) {
            int eq = arg.indexOf('=');
            a.put(eq < 0 ? arg : arg.substring(0, eq), eq < 0 ? "true" : arg.substring(eq + 1));
        }
        List<String> dns = List.of(s.clusterDns()).stream().flatMap(d -> List.of(d.split(",")).stream()).toList();
        return new Options(s.nodeName().isEmpty() ? hostName() : s.nodeName().toLowerCase(Locale.ROOT),
                Path.of(s.dataDir()).toAbsolutePath(), Path.of(a.getOrDefault("root-dir", "/var/lib/kubelet")),
                Path.of(a.getOrDefault("pod-logs-dir", "/var/log/pods")), a.getOrDefault("cgroup-root", "/"), dns,
                s.clusterDomain(), Map.copyOf(a));
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
            } catch (UnknownHostException u) {
                return "localhost";
            }
        }
    }

    /// Where a pod's files lie.
    Path podDir(String uid) {
        return rootDir.resolve("pods").resolve(uid);
    }

    /// Where a pod's logs lie.
    Path podLogs(String namespace, String name, String uid) {
        return logDir.resolve(namespace + "_" + name + "_" + uid);
    }

    /// The directory of links by container, `/var/log/containers`.
    Path containerLogs() {
        return logDir.resolveSibling("containers");
    }

    /// Where static pods are described.
    Path staticPods() {
        return Path.of(arguments.getOrDefault("pod-manifest-path", dataDir.resolve("agent/pod-manifests").toString()));
    }

    /// A whole number among the arguments.
    long number(String argument, long otherwise) {
        try {
            return Long.parseLong(arguments.getOrDefault(argument, Long.toString(otherwise)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + arguments.get(argument)
                    + ": not a whole number");
        }
    }

    /// A number of bytes among the arguments, written as a quantity: `10Mi`.
    long bytes(String argument, long otherwise) {
        try {
            return arguments.containsKey(argument) ? Quantity.parse(arguments.get(argument)).value() : otherwise;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + arguments.get(argument)
                    + ": not a quantity such as 10Mi", e);
        }
    }

    /// How often a pod is looked at when nothing happens.
    Duration syncEvery() {
        return Duration.ofSeconds(60);
    }
}
