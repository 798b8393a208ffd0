package io.k3j.nodestatus;

import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the machine is and has, read from `/proc`, `/sys` and `/etc`. Any thread; the files are short. What cannot be
/// read is left out or 0, never a failure: a machine without DMI or `os-release` is a node, too.
///
/// @param cpus processors
/// @param memory bytes
/// @param addresses of the node, the primary first
/// @param info the fixed part of `status.nodeInfo`
public record MachineInfo(int cpus, long memory, List<String> addresses, Struct info) {
    /// What `kubectl get nodes` shows as the version of this node.
    static final String VERSION = "v1.36.2+k3s1";

    /// Reads them. The kubelet does so once, at its start: processors and memory that are added later count after a
    /// restart.
    /// @param nodeIp `--node-ip`; where it is empty, the address of the default route counts; an element may hold
    /// several with commas
    public static MachineInfo read(List<String> nodeIp) {
        List<String> given = nodeIp.stream().flatMap(s -> List.of(s.split(",")).stream()).toList();
        return new MachineInfo(processors(), memory("MemTotal:"), given.isEmpty() ? detected() : given, software());
    }

    /// Of the machine, not of this process: a cgroup around the kubelet does not make the node smaller.
    private static int processors() {
        long n = text("/proc/cpuinfo").lines().filter(l -> l.startsWith("processor")).count();
        return n > 0 ? (int) n : Runtime.getRuntime().availableProcessors();
    }

    /// A line of `/proc/meminfo` in bytes, 0 when there is none. Read anew at each call.
    /// @param what how it begins, as `MemTotal:`
    public static long memory(String what) {
        return text("/proc/meminfo").lines().filter(l -> l.startsWith(what)).findFirst().map(l -> {
            String number = l.substring(what.length()).strip();
            return Long.parseLong(number.substring(0, number.indexOf(' '))) * 1024;
        }).orElse(0L);
    }

    /// Field names are those of `NodeSystemInfo`. A machine without an id is told by its boot, so that two of them
    /// differ.
    private static Struct software() {
        String machine = text("/etc/machine-id").strip();
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        String system = text("/etc/os-release").lines().filter(l -> l.startsWith("PRETTY_NAME=")).findFirst()
                .map(l -> l.substring(12).replace("\"", "")).orElse("Linux");
        String boot = text("/proc/sys/kernel/random/boot_id").strip();
        Struct info = Struct.of("machineID", machine.isEmpty() ? boot.replace("-", "") : machine, "systemUUID",
                text("/sys/class/dmi/id/product_uuid").strip(), "bootID", boot, "kernelVersion",
                text("/proc/sys/kernel/osrelease").strip(), "osImage", system, "kubeletVersion", VERSION,
                "kubeProxyVersion", VERSION, "operatingSystem", "linux", "architecture", arch);
        long swap = memory("SwapTotal:");
        return swap == 0 ? info : info.with("swap", Struct.of("capacity", swap));
    }

    /// The first IPv4 address of the interface the default route leads over, of any interface but loopback where there
    /// is no such route; 127.0.0.1 when none has one.
    private static List<String> detected() {
        Optional<String> device = text("/proc/net/route").lines().skip(1).map(l -> l.split("\t"))
                .filter(w -> w.length > 2 && w[1].equals("00000000")).map(w -> w[0]).findFirst();
        List<String> found = new ArrayList<>();
        try {
            for (NetworkInterface n : NetworkInterface.networkInterfaces().toList()) {
                boolean chosen = device.map(d -> d.equals(n.getName())).orElse(!n.isLoopback());
                if (chosen && n.isUp()) {
                    n.getInterfaceAddresses().stream().map(InterfaceAddress::getAddress).filter(MachineInfo::usable)
                            .forEach(a -> found.add(a.getHostAddress()));
                }
            }
        } catch (SocketException e) {
            return List.of("127.0.0.1");
        }
        return found.isEmpty() ? List.of("127.0.0.1") : List.of(found.getFirst());
    }

    /// Link-local addresses are no way to a node: they mean another machine on each link.
    private static boolean usable(InetAddress a) {
        return a instanceof Inet4Address && !a.isLinkLocalAddress();
    }

    /// A file's text, empty when it cannot be read.
    /// @param file absolute; for files of the kernel's, which are short
    public static String text(String file) {
        // not Files.readString, whose first read is of one byte: a number below /proc/sys ends after the first read
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
