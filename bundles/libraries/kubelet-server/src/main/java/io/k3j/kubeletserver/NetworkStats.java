package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// What passed through the networks of pods, and how many processes they have, by sandbox. Any thread; one of them
/// asks, which blocks it and those that come meanwhile, and all are told the same for ten seconds, as long as
/// cAdvisor's figures stand. Without an answer of the runtime there are no figures, also for ten seconds.
final class NetworkStats {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration FRESH = Duration.ofSeconds(10);
    /// The one told at the top, as in upstream; where there is none, the first.
    private static final String DEFAULT = "eth0";
    private final ContainerRuntime runtime;
    private final UnaryOperator<String> text;
    private final ProcessCount processes;
    private final InstantSource monotonic;
    private final ReentrantLock lock = new ReentrantLock();
    /// Guarded by [#lock], as the line below.
    private Map<String, Sandbox.Usage> last = Map.of();
    private Instant asked = Instant.MIN;

    /// @param text of a file, empty when it cannot be read
    /// @param cgroups `/sys/fs/cgroup`
    /// @param monotonic the clock that nobody sets
    NetworkStats(ContainerRuntime runtime, UnaryOperator<String> text, Path cgroups, InstantSource monotonic) {
        this.runtime = runtime;
        this.text = text;
        processes = new ProcessCount(text, cgroups);
        this.monotonic = monotonic;
    }

    /// What sandboxes have used, by their ids.
    Map<String, Sandbox.Usage> bySandbox() {
        lock.lock();
        try {
            if (Duration.between(asked, monotonic.instant()).compareTo(FRESH) >= 0) {
                last = ask();
                asked = monotonic.instant();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Sandbox.Usage> ask() {
        try {
            return runtime.sandboxUsage().stream().map(this::counted)
                    .collect(Collectors.toUnmodifiableMap(Sandbox.Usage::id, Function.identity(), (a, _) -> a));
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.DEBUG, "The runtime tells nothing of sandboxes error={0}", e.getMessage());
            return Map.of();
        }
    }

    /// The kernel tells of a network by any process in it.
    private Sandbox.Usage counted(Sandbox.Usage u) {
        if (u.pid().isEmpty()) {
            return u;
        }
        long pid = u.pid().getAsLong();
        return new Sandbox.Usage(u.id(), u.at(), interfaces(text.apply("/proc/" + pid + "/net/dev")), u.pid(),
                processes.of(pid));
    }

    /// Interfaces but loopback.
    /// @param dev as proc_pid_net(5) has `/proc/pid/net/dev`
    static List<Sandbox.Interface> interfaces(String dev) {
        List<Sandbox.Interface> all = new ArrayList<>();
        dev.lines().skip(2).forEach(line -> {
            int colon = line.indexOf(':');
            List<String> words = List.of(line.substring(colon + 1).strip().split(" +"));
            String name = line.substring(0, Math.max(0, colon)).strip();
            if (words.size() > 10 && !name.equals("lo")) {
                all.add(new Sandbox.Interface(name, Long.parseLong(words.get(0)), Long.parseLong(words.get(2)),
                        Long.parseLong(words.get(8)), Long.parseLong(words.get(10))));
            }
        });
        return all;
    }

    /// The summary's `network` of a pod.
    /// @return empty without an interface
    static Optional<Struct> pod(Sandbox.Usage usage) {
        Optional<Sandbox.Interface> first = usage.interfaces().stream().filter(i -> i.name().equals(DEFAULT))
                .findFirst()
                .or(() -> usage.interfaces().stream().findFirst());
        return first.map(i -> struct(Times.seconds(usage.at()), Optional.of(i), usage.interfaces()));
    }

    /// @param first told at the top
    static Struct struct(String at, Optional<Sandbox.Interface> first, List<Sandbox.Interface> all) {
        Struct.Builder b = Struct.builder().put("time", at);
        first.map(NetworkStats::struct).orElse(Struct.of("name", "")).forEach(b::put);
        return b.put("interfaces", all.stream().map(NetworkStats::struct).toList()).build();
    }

    private static Struct struct(Sandbox.Interface i) {
        return Struct.of("name", i.name(), "rxBytes", i.rxBytes(), "rxErrors", i.rxErrors(), "txBytes", i.txBytes(),
                "txErrors", i.txErrors());
    }
}
