package io.k3j.cricontainerd;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/// What sandboxes use: their first processes, by which the kernel counts, else CRI's `ListPodSandboxStats`. The process
/// is what containerd and CRI-O tell beyond CRI: `info` of a verbose status is JSON with a `pid`. Asking CRI costs
/// containerd several calls of other processes for each pod; 1.6 to 2.0 fail as a whole for one sandbox, and count the
/// default interface only.
///
/// Any thread; blocks while the runtime is asked.
final class SandboxStats {
    private static final Struct RUNNING = Struct.of("filter", Struct.of("state", Struct.of("state", "SANDBOX_READY")));
    /// With a filter, even an empty one, containerd 1.6 leaves out sandboxes that have ended.
    private static final Struct COUNTED = Struct.of("filter", Struct.EMPTY);
    private final BiFunction<String, Struct, Struct> cri;
    private final InstantSource clock;
    /// By the id of the sandbox, empty for one of which the runtime does not tell; as many as sandboxes.
    private final Map<String, OptionalLong> pids = new ConcurrentHashMap<>();

    /// @param cri calls a method of the runtime service
    /// @param clock of the time of day
    SandboxStats(BiFunction<String, Struct, Struct> cri, InstantSource clock) {
        this.cri = cri;
        this.clock = clock;
    }

    /// All that run.
    /// @throws RuntimeFault when the runtime does not answer
    List<Sandbox.Usage> all() {
        List<String> running = cri.apply("ListPodSandbox", RUNNING).seq("items").structs().stream()
                .map(s -> s.text("id")).toList();
        pids.keySet().retainAll(Set.copyOf(running));
        List<Sandbox.Usage> all = new ArrayList<>();
        for (String id : running) {
            OptionalLong pid = pid(id);
            if (pid.isPresent()) {
                all.add(new Sandbox.Usage(id, clock.instant(), List.of(), pid, OptionalLong.empty()));
            }
        }
        if (all.size() < running.size()) {
            Set<String> known = all.stream().map(Sandbox.Usage::id).collect(Collectors.toSet());
            counted().stream().filter(u -> !known.contains(u.id())).forEach(all::add);
        }
        return all;
    }

    /// Nothing of a runtime that cannot count.
    private List<Sandbox.Usage> counted() {
        try {
            return cri.apply("ListPodSandboxStats", COUNTED).seq("stats").structs().stream()
                    .map(CriValues::sandboxUsage).toList();
        } catch (RuntimeFault e) {
            if (e.kind() == RuntimeFault.Kind.UNAVAILABLE || e.kind() == RuntimeFault.Kind.DEADLINE) {
                throw e;
            }
            return List.of();
        }
    }

    /// Asked for once; but again of a sandbox whose status fails, which most often has ended since.
    private OptionalLong pid(String id) {
        OptionalLong before = pids.get(id);
        if (before != null) {
            return before;
        }
        try {
            OptionalLong told = told(cri.apply("PodSandboxStatus", Struct.of("podSandboxId", id, "verbose", true)));
            pids.put(id, told);
            return told;
        } catch (RuntimeFault e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong told(Struct status) {
        return Optional.ofNullable(status.struct("info").texts().get("info")).map(SandboxStats::parsed)
                .orElse(OptionalLong.empty());
    }

    private static OptionalLong parsed(String info) {
        try {
            long pid = Json.object(info.getBytes(StandardCharsets.UTF_8)).whole("pid", 0);
            return pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (RuntimeException e) {
            // another runtime may tell anything there, which is no failure
            return OptionalLong.empty();
        }
    }
}
