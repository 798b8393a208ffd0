package io.k3j.kubeletoptions;

import io.k3j.apimachinery.Quantity;
import io.k3j.codec.DurationText;
import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletconfig.ReservedResources;
import io.k3j.kubeletconfig.ShutdownGracePeriods;
import io.k3j.kubeleteviction.EvictionConfig;
import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.kubeletimages.Images;
import io.k3j.kuberuntime.Security;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The kubelet's options after defaults: flags and `--kubelet-arg` combined.
///
/// @param nodeName the name of this node
/// @param dataDir the data directory of K3s
/// @param rootDir the root of pod directories, `/var/lib/kubelet`
/// @param logDir the root of pod logs, `/var/log/pods`
/// @param cgroupRoot the parent of `kubepods`, `/`
/// @param clusterDns addresses of the cluster's DNS, by `cluster-dns` or else K3s' flag
/// @param clusterDomain as `cluster.local`, by `cluster-domain` or else K3s' flag
/// @param arguments all values of `--kubelet-arg`, those of configuration files among them
/// @param defaults what K3s gives its kubelet
public record KubeletOptions(String nodeName, Path dataDir, Path rootDir, Path logDir, String cgroupRoot,
        List<String> clusterDns, String clusterDomain, Map<String, String> arguments, KubeletDefaults defaults) {
    /// How long a container that fails again and again is waited for unless a file says less.
    public static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
    private static final int HEALTHZ_PORT = 10_248;
    private static final String PARALLEL = "max-parallel-image-pulls";
    private static final Duration LEAST_LOG_INTERVAL = Duration.ofSeconds(3);

    /// Parses the settings.
    ///
    /// @param resolvConf the file K3s chose for the names of pods
    public static KubeletOptions of(KubeletSettings s, Path resolvConf) {
        Map<String, String> a = new HashMap<>();
        for (String arg : s.kubeletArg()) {
            int eq = arg.indexOf('=');
            a.put(eq < 0 ? arg : arg.substring(0, eq), eq < 0 ? "true" : arg.substring(eq + 1));
        }
        Path dataDir = Path.of(s.dataDir()).toAbsolutePath();
        KubeletDefaults defaults = new KubeletDefaults(dataDir, List.of(s.nodeIp()), words(List.of(s.clusterDns())),
                s.clusterDomain(), resolvConf.toString(), List.of(s.nodeTaint()));
        List<String> dns = a.containsKey("cluster-dns") ? words(List.of(a.get("cluster-dns"))) : defaults.clusterDns();
        return new KubeletOptions(s.nodeName().isEmpty() ? hostName() : s.nodeName().toLowerCase(Locale.ROOT),
                dataDir, Path.of(a.getOrDefault("root-dir", "/var/lib/kubelet")),
                Path.of(a.getOrDefault("pod-logs-dir", "/var/log/pods")), a.getOrDefault("cgroup-root", "/"), dns,
                a.getOrDefault("cluster-domain", s.clusterDomain()), Map.copyOf(a), defaults);
    }

    private static List<String> words(List<String> lists) {
        return lists.stream().flatMap(list -> List.of(list.split(",")).stream()).toList();
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

    /// A wrong word is told at the start, not by the first pod or the node's status.
    /// @throws IllegalArgumentException naming the argument
    public void check() {
        seccomp();
        maxPods(1);
        maxImages();
        NodeOptions.statusFrequency(this);
        shutdown();
        longestBackOff();
        parallelPulls();
        limitedSwap();
        logMonitorInterval();
        IntervalOptions.check(this);
        deadContainers();
    }

    /// The root of pod directories, unless the administrator chose it: another program may lie there, too.
    public List<Path> ownRoot() {
        return arguments.containsKey("root-dir") ? List.of() : List.of(rootDir);
    }

    /// The directory of all pods.
    public Path pods() {
        return rootDir.resolve("pods");
    }

    /// The directory of a pod.
    public Path podDir(String uid) {
        return pods().resolve(uid);
    }

    /// The log directory of a pod.
    public Path podLogs(String namespace, String name, String uid) {
        return logDir.resolve(namespace + "_" + name + "_" + uid);
    }

    /// The directory of links by container, `/var/log/containers`.
    public Path containerLogs() {
        return logDir.resolveSibling("containers");
    }

    /// The directory of static pod manifests.
    public Path staticPods() {
        return Path.of(arguments.getOrDefault("pod-manifest-path", dataDir.resolve("agent/pod-manifests").toString()));
    }

    /// The maximum number of pods: `max-pods`, or less by `pods-per-core`, of which 0 says nothing.
    /// @param cores of this machine
    public long maxPods(int cores) {
        long most = number("max-pods", 110);
        long perCore = number("pods-per-core", 0);
        return perCore > 0 ? Math.min(most, perCore * cores) : most;
    }

    /// How many images the node's status names: `node-status-max-images`, -1 for all.
    long maxImages() {
        long most = number("node-status-max-images", 50);
        if (most < -1) {
            throw new IllegalArgumentException("--kubelet-arg node-status-max-images=" + most
                    + ": it must be -1, for all images, or greater");
        }
        return most;
    }

    /// How many containers that have ended are kept of each, beside the newest: all where
    /// `maximum-dead-containers-per-container` is less than 0.
    public int deadContainers() {
        long most = number("maximum-dead-containers-per-container", 1);
        return most < 0 ? Integer.MAX_VALUE : (int) Math.min(most, Integer.MAX_VALUE);
    }

    /// What is kept from pods: `kube-reserved`, `system-reserved`, `reserved-cpus`, `enforce-node-allocatable`.
    /// @param cores of this machine
    public ReservedResources reserved(int cores) {
        return ReservedResources.of(arguments, cores);
    }

    /// How many images are pulled at once: one by `serialize-image-pulls`, else `maxParallelImagePulls` of a file.
    public int parallelPulls() {
        boolean serial = flag("serialize-image-pulls", false);
        long most = number(PARALLEL, serial ? 1 : Images.PARALLEL);
        if (most < 1) {
            throw new IllegalArgumentException("invalid configuration: maxParallelImagePulls " + most
                    + " must be a positive number");
        }
        if (serial && most > 1) {
            throw new IllegalArgumentException("invalid configuration: maxParallelImagePulls cannot be larger than 1 "
                    + "unless SerializeImagePulls (--serialize-image-pulls) is set to false");
        }
        return Math.toIntExact(Math.min(most, Integer.MAX_VALUE));
    }

    /// How long a container that fails again and again is waited with at most: `crashLoopBackOff` of a file.
    public Duration longestBackOff() {
        Duration longest = duration("max-container-restart-period", "5m");
        if (longest.compareTo(Duration.ofSeconds(1)) < 0 || longest.compareTo(LONGEST_BACK_OFF) > 0) {
            throw new IllegalArgumentException("invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod "
                    + "(got: " + longest.toSeconds() + " seconds) must be set between 1s and 300s");
        }
        return longest;
    }

    /// Whether containers may have some of the machine's swap: `memorySwap.swapBehavior` of a file.
    boolean limitedSwap() {
        String behavior = arguments.getOrDefault("swap-behavior", "");
        return switch (behavior) {
            case "LimitedSwap" -> true;
            case "", "NoSwap" -> false;
            default -> throw new IllegalArgumentException("invalid configuration: memorySwap.swapBehavior \"" + behavior
                    + "\" must be one of: \"\", \"LimitedSwap\" or \"NoSwap\"");
        };
    }

    /// How often it is looked whether logs are to be rotated: `containerLogMonitorInterval` of a file.
    public Duration logMonitorInterval() {
        Duration every = duration("container-log-monitor-interval", "10s");
        if (every.compareTo(LEAST_LOG_INTERVAL) < 0) {
            throw new IllegalArgumentException("invalid configuration: containerLogMonitorInterval must be a positive "
                    + "time duration greater than or equal to 3s");
        }
        return every;
    }

    /// How long pods have when the machine is shut down, as files say.
    public ShutdownGracePeriods shutdown() {
        return ShutdownGracePeriods.of(arguments);
    }

    /// What is done about seccomp: `seccomp-default`, and profiles below the root directory.
    public Security.Seccomp seccomp() {
        return new Security.Seccomp(rootDir.resolve("seccomp").toString(), flag("seccomp-default", false));
    }

    /// An argument that is true or false, in Go's words.
    public boolean flag(String argument, boolean otherwise) {
        String value = arguments.getOrDefault(argument, Boolean.toString(otherwise));
        return switch (value) {
            case "true", "TRUE", "True", "t", "T", "1" -> true;
            case "false", "FALSE", "False", "f", "F", "0" -> false;
            default -> throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + value
                    + ": it must be true or false");
        };
    }

    /// An integer argument.
    public long number(String argument, long otherwise) {
        try {
            return Long.parseLong(arguments.getOrDefault(argument, Long.toString(otherwise)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + arguments.get(argument)
                    + ": not a whole number");
        }
    }

    /// A size argument in bytes, written as a quantity: `10Mi`.
    public long bytes(String argument, long otherwise) {
        try {
            return arguments.containsKey(argument) ? Quantity.parse(arguments.get(argument)).value() : otherwise;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + arguments.get(argument)
                    + ": not a quantity such as 10Mi", e);
        }
    }

    /// When images are removed: `image-gc-high-threshold`, `image-gc-low-threshold`, `minimum-image-ttl-duration`,
    /// `image-maximum-gc-age`.
    public ImageGarbageCollector.Limits imageLimits() {
        return new ImageGarbageCollector.Limits(number("image-gc-high-threshold", 85),
                number("image-gc-low-threshold", 80), duration("minimum-image-ttl-duration", "2m"),
                duration("image-maximum-gc-age", "0s"));
    }

    /// A duration argument, written as Go does: `1h30m`.
    public Duration duration(String argument, String otherwise) {
        String text = arguments.getOrDefault(argument, otherwise);
        try {
            return Duration.ofNanos(DurationText.nanos(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kubelet-arg " + argument + "=" + text
                    + ": not a duration such as 2m", e);
        }
    }

    /// When pods are evicted: `eviction-hard` and its siblings.
    public EvictionConfig evictions() {
        return EvictionConfig.of(arguments);
    }

    /// Where `healthz` is served: `healthz-bind-address` and `healthz-port`, of which 0 is nowhere.
    ///
    /// @param nodeIps of `--node-ip`; a node whose first one is of IPv6 listens at that family's loopback address
    /// @throws IllegalArgumentException naming the argument that is wrong
    public Optional<InetSocketAddress> healthz(List<String> nodeIps) {
        boolean six = nodeIps.stream().limit(1).anyMatch(ip -> ip.contains(":"));
        String host = arguments.getOrDefault("healthz-bind-address", six ? "::1" : "127.0.0.1");
        long port = number("healthz-port", HEALTHZ_PORT);
        try {
            return port == 0 ? Optional.empty()
                    : Optional.of(new InetSocketAddress(InetAddress.ofLiteral(host), Math.toIntExact(port)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException("--kubelet-arg healthz-bind-address=" + host + ", healthz-port=" + port
                    + ": not an address such as 127.0.0.1 and a port from 0 (for none) to 65535", e);
        }
    }

    /// The file pods' names are resolved by: `resolv-conf`, or else what K3s chose.
    public Path resolvConf() {
        return Path.of(arguments.getOrDefault("resolv-conf", defaults.resolvConf()));
    }

    /// Taints this node registers with: `register-with-taints`, or else K3s' flag.
    List<String> taints() {
        return arguments.containsKey("register-with-taints")
                ? List.of(arguments.get("register-with-taints").split(",")) : defaults.nodeTaints();
    }

    /// The interval of pod syncs without events.
    public Duration syncFrequency() {
        return IntervalOptions.sync(this);
    }
}
