package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/// `k3s check-config`: does this kernel have what a node needs?
final class CheckConfig {
    private static final List<String> NEEDED = List.of("NAMESPACES", "NET_NS", "PID_NS", "IPC_NS", "UTS_NS", "CGROUPS",
            "CGROUP_PIDS", "CGROUP_CPUACCT", "CGROUP_DEVICE", "CGROUP_FREEZER", "CGROUP_SCHED", "CPUSETS", "MEMCG",
            "KEYS",
            "VETH", "BRIDGE", "BRIDGE_NETFILTER", "NF_TABLES", "NFT_NAT", "NFT_MASQ", "NF_CONNTRACK", "OVERLAY_FS",
            "POSIX_MQUEUE");
    private static final List<String> USEFUL = List.of("VXLAN", "SECCOMP_FILTER", "CFS_BANDWIDTH", "USER_NS",
            "BLK_CGROUP",
            "CGROUP_HUGETLB", "NFT_REJECT", "NFT_FIB_INET", "IP_NF_IPTABLES", "EXT4_FS", "WIREGUARD");

    private CheckConfig() {
    }

    static int run() {
        Map<String, String> kernel = kernel();
        if (kernel.isEmpty()) {
            System.err.println("k3s: no kernel configuration found in /proc/config.gz or /boot; cannot check");
            return 1;
        }
        System.out.println("Necessary:");
        Set<String> missing = new TreeSet<>();
        NEEDED.forEach(o -> print(o, kernel, missing));
        System.out.println("Optional Features:");
        USEFUL.forEach(o -> print(o, kernel, new TreeSet<>()));
        System.out.println("- cgroup: " + (Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")) ? "v2" : "v1"));
        System.out.println();
        System.out.println(missing.isEmpty() ? "STATUS: pass" : "STATUS: " + missing.size() + " (fail): " + missing);
        return missing.isEmpty() ? 0 : 1;
    }

    private static void print(String option, Map<String, String> kernel, Set<String> missing) {
        String value = kernel.getOrDefault("CONFIG_" + option, "");
        if (value.isEmpty()) {
            missing.add(option);
        }
        System.out.println("- CONFIG_" + option + ": "
                + (value.isEmpty() ? "missing" : value.equals("m") ? "enabled (as module)" : "enabled"));
    }

    private static Map<String, String> kernel() {
        Map<String, String> options = new LinkedHashMap<>();
        for (Path file : List.of(Path.of("/proc/config.gz"),
                Path.of("/boot/config-" + System.getProperty("os.version")))) {
            if (Files.isReadable(file) && options.isEmpty()) {
                text(file).lines().filter(l -> l.startsWith("CONFIG_") && l.indexOf('=') > 0)
                        .forEach(l -> options.put(l.substring(0, l.indexOf('=')), l.substring(l.indexOf('=') + 1)));
            }
        }
        return options;
    }

    private static String text(Path file) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
