package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// `k3s check-config`: has this machine what a node needs? In the form of K3s' own check, whose last line is
/// `STATUS: pass` or `STATUS: N (fail)`.
final class CheckConfig {
    private static final List<String> NEEDED = List.of("NAMESPACES", "NET_NS", "PID_NS", "IPC_NS", "UTS_NS", "CGROUPS",
            "CGROUP_PIDS", "CGROUP_CPUACCT", "CGROUP_DEVICE", "CGROUP_FREEZER", "CGROUP_SCHED", "CPUSETS", "MEMCG",
            "KEYS",
            "VETH", "BRIDGE", "BRIDGE_NETFILTER", "NF_TABLES", "NFT_NAT", "NFT_MASQ", "NF_CONNTRACK", "OVERLAY_FS",
            "POSIX_MQUEUE");
    private static final List<String> USEFUL = List.of("VXLAN", "SECCOMP_FILTER", "CFS_BANDWIDTH", "USER_NS",
            "BLK_CGROUP",
            "CGROUP_HUGETLB", "NFT_REJECT", "NFT_FIB_INET", "IP_NF_IPTABLES", "EXT4_FS", "WIREGUARD");

    private static final Set<String> CONTROLLERS = Set.of("cpu", "cpuset", "memory");
    private static final long LEAST_KEYS = 10_000;
    private static final String LIMIT = "/proc/sys/kernel/keys/root_maxkeys";
    private final Path root;
    private final PrintStream out;
    private final List<String> failed = new ArrayList<>();

    /// @param root where the machine's files are, as `/`
    CheckConfig(Path root, PrintStream out) {
        this.root = root;
        this.out = out;
    }

    /// @param arguments a file of the kernel's configuration, where it is in none of the usual places
    /// @return 0 when all is there
    static int run(List<String> arguments) {
        if (arguments.size() > 1 || arguments.stream().anyMatch(argument -> argument.startsWith("-"))) {
            throw new UsageFailure("use: k3s check-config [KERNEL-CONFIG]");
        }
        return new CheckConfig(Path.of("/"), System.out).run(arguments, System.getProperty("os.version", ""));
    }

    /// @param release of the kernel
    int run(List<String> given, String release) {
        programs();
        system();
        List<Path> places = given.isEmpty() ? Stream.of("proc/config.gz", "boot/config-" + release,
                "lib/modules/" + release + "/config", "usr/src/linux-" + release + "/.config", "usr/src/linux/.config")
                .map(root::resolve).toList() : List.of(Path.of(given.getFirst()));
        Optional<Path> file = places.stream().filter(Files::isReadable).findFirst();
        if (file.isEmpty()) {
            out.println("error: cannot find kernel config\n"
                    + "  try it again with the file's name: k3s check-config /path/to/kernel/.config");
            return 1;
        }
        out.println("info: reading kernel config from " + file.get() + " ...\n\nGenerally Necessary:");
        cgroups();
        Map<String, String> kernel = kernel(file.get());
        NEEDED.forEach(option -> option(option, kernel, true));
        out.println("\nOptional Features:");
        USEFUL.forEach(option -> option(option, kernel, false));
        out.println("\nSTATUS: " + (failed.isEmpty() ? "pass" : failed.size() + " (fail): " + failed));
        return failed.isEmpty() ? 0 : 1;
    }

    /// What the first start installs where it may is no failure.
    private void programs() {
        Set<String> missing = HostPackages.missing(true, false, path -> Files.isExecutable(root.resolve("." + path)));
        out.println("Verifying programs of a node:\n- packages: " + (missing.isEmpty() ? "good"
                : "missing: " + String.join(" ", missing) + " (the first start of a node installs them)"));
    }

    private void system() {
        out.println("\nSystem:");
        out.println("- swap: " + (lines("proc/swaps").size() > 1 ? "should be disabled" : "disabled"));
        // addresses stand there in the machine's order of bytes
        boolean routed = lines("proc/net/route").stream().map(line -> line.split("\t")).anyMatch(
                columns -> columns.length > 1 && (columns[1].endsWith("2A0A") || columns[1].endsWith("2B0A")));
        out.println("- routes: " + (routed ? "default CIDRs 10.42.0.0/16 or 10.43.0.0/16 already routed" : "ok"));
        List<String> keys = lines(LIMIT.substring(1));
        out.println("\nLimits:\n- " + LIMIT + ": " + (keys.isEmpty() ? "unknown" : keys.getFirst().strip()
                + (Long.parseLong(keys.getFirst().strip()) < LEAST_KEYS ? " (should be at least " + LEAST_KEYS + ")"
                        : ""))
                + "\n");
    }

    private void cgroups() {
        List<String> unified = lines("sys/fs/cgroup/cgroup.controllers");
        Set<String> there = new TreeSet<>();
        if (unified.isEmpty()) {
            lines("proc/cgroups").stream().map(line -> line.split("\t"))
                    .filter(columns -> columns.length > 3 && columns[3].equals("1"))
                    .forEach(columns -> there.add(columns[0]));
        } else {
            there.addAll(List.of(unified.getFirst().split(" ")));
        }
        boolean good = there.containsAll(CONTROLLERS);
        if (!good) {
            failed.add("cgroups");
        }
        out.println("- cgroup hierarchy: cgroups " + (unified.isEmpty() ? "V1" : "V2")
                + " mounted, cpu|cpuset|memory controllers status: " + (good ? "good" : "bad, there are " + there));
    }

    private void option(String option, Map<String, String> kernel, boolean needed) {
        String value = kernel.getOrDefault("CONFIG_" + option, "");
        if (value.isEmpty() && needed) {
            failed.add("CONFIG_" + option);
        }
        out.println("- CONFIG_" + option + ": "
                + (value.isEmpty() ? "missing" : value.equals("m") ? "enabled (as module)" : "enabled"));
    }

    private static Map<String, String> kernel(Path file) {
        Map<String, String> options = new HashMap<>();
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(l -> l.startsWith("CONFIG_") && l.indexOf('=') > 0)
                    .forEach(l -> options.put(l.substring(0, l.indexOf('=')), l.substring(l.indexOf('=') + 1)));
        } catch (IOException e) {
            throw new UsageFailure("cannot read the kernel's configuration " + file + ": " + e.getMessage());
        }
        return options;
    }

    /// Files of the kernel, which may not be there.
    private List<String> lines(String name) {
        try {
            return Files.readAllLines(root.resolve(name));
        } catch (IOException e) {
            return List.of();
        }
    }
}
