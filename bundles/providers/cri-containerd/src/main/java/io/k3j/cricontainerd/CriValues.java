package io.k3j.cricontainerd;

import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.Sandbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Converts CRI responses to the values of the contract.
final class CriValues {
    private static final long NANOS = 1_000_000_000L;

    private CriValues() {
    }

    /// @param status a `StatusResponse`
    static List<ContainerRuntime.Handler> handlers(Struct status) {
        return status.seq("runtimeHandlers").structs().stream().map(h -> new ContainerRuntime.Handler(h.text("name"),
                h.struct("features").flag("recursiveReadOnlyMounts"), h.struct("features").flag("userNamespaces")))
                .toList();
    }

    /// @param status a `StatusResponse`
    static boolean groupsPolicy(Struct status) {
        return status.struct("features").flag("supplementalGroupsPolicy");
    }

    static Sandbox sandbox(Struct s) {
        List<String> addresses = new ArrayList<>();
        Struct network = s.struct("network");
        if (!network.text("ip").isEmpty()) {
            addresses.add(network.text("ip"));
            network.seq("additionalIps").structs().forEach(i -> addresses.add(i.text("ip")));
        }
        boolean ready = s.text("state", "SANDBOX_READY").equals("SANDBOX_READY");
        return new Sandbox(s.text("id"), (int) s.struct("metadata").whole("attempt", 0), ready,
                instant(s.whole("createdAt", 0)), addresses, s.struct("labels").texts(),
                s.struct("annotations").texts());
    }

    static Container listed(Struct s) {
        Struct metadata = s.struct("metadata");
        return new Container(s.text("id"), s.text("podSandboxId"), metadata.text("name"),
                (int) metadata.whole("attempt", 0), state(s), s.text("imageRef"), s.struct("labels").texts(),
                s.struct("annotations").texts(), Container.End.NONE);
    }

    static Container container(Struct s) {
        Container.End end = new Container.End(instant(s.whole("createdAt", 0)), instant(s.whole("startedAt", 0)),
                instant(s.whole("finishedAt", 0)), (int) s.whole("exitCode", 0), s.text("reason"), s.text("message"),
                s.text("logPath"));
        Container c = listed(s);
        return new Container(c.id(), c.sandbox(), c.name(), c.attempt(), c.state(), c.image(), c.labels(),
                c.annotations(), end, Struct.builder().putUnlessEmpty("image", s.struct("image").text("image"))
                        .putUnlessEmpty("user", user(s.struct("user").struct("linux"))).build());
    }

    /// As the API tells it. A runtime that tells nothing tells of no groups either, root's among them.
    private static Struct user(Struct linux) {
        return linux.isEmpty() ? Struct.EMPTY : Struct.of("linux", Struct.builder().put("uid", linux.whole("uid", 0))
                .put("gid", linux.whole("gid", 0))
                .putUnlessEmpty("supplementalGroups", linux.seq("supplementalGroups")).build());
    }

    private static Container.State state(Struct s) {
        return switch (s.text("state", "CONTAINER_CREATED")) {
            case "CONTAINER_CREATED" -> Container.State.CREATED;
            case "CONTAINER_RUNNING" -> Container.State.RUNNING;
            case "CONTAINER_EXITED" -> Container.State.EXITED;
            default -> Container.State.UNKNOWN;
        };
    }

    static ContainerUsage usage(Struct s) {
        Struct attributes = s.struct("attributes");
        Struct cpu = s.struct("cpu");
        Struct memory = s.struct("memory");
        Struct layer = s.struct("writableLayer");
        Struct swap = s.struct("swap");
        return new ContainerUsage(attributes.text("id"), attributes.struct("labels").texts(),
                instant(cpu.whole("timestamp", 0)), number(cpu, "usageCoreNanoSeconds"), number(memory, "usageBytes"),
                number(memory, "workingSetBytes"), number(memory, "rssBytes"), number(layer, "usedBytes"),
                new ContainerUsage.Details(number(memory, "availableBytes"), number(memory, "pageFaults"),
                        number(memory, "majorPageFaults"), number(swap, "swapUsageBytes"),
                        number(swap, "swapAvailableBytes"), layer.struct("fsId").text("mountpoint"),
                        number(layer, "inodesUsed")));
    }

    /// From a `PodSandboxStats`. Some runtimes tell the default interface apart, some again among all.
    static Sandbox.Usage sandboxUsage(Struct s) {
        Struct linux = s.struct("linux");
        Struct network = linux.struct("network");
        Struct processes = linux.struct("process");
        Map<String, Sandbox.Interface> interfaces = new LinkedHashMap<>();
        Stream.concat(Stream.of(network.struct("defaultInterface")), network.seq("interfaces").structs().stream())
                .filter(i -> !i.text("name").isEmpty())
                .forEach(i -> interfaces.putIfAbsent(i.text("name"), counted(i)));
        long at = network.whole("timestamp", linux.struct("cpu").whole("timestamp", 0));
        return new Sandbox.Usage(s.struct("attributes").text("id"), instant(at), List.copyOf(interfaces.values()),
                OptionalLong.empty(), processes.has("processCount") ? OptionalLong.of(number(processes, "processCount"))
                        : OptionalLong.empty());
    }

    private static Sandbox.Interface counted(Struct i) {
        return new Sandbox.Interface(i.text("name"), number(i, "rxBytes"), number(i, "rxErrors"), number(i, "txBytes"),
                number(i, "txErrors"));
    }

    private static long number(Struct s, String field) {
        return s.struct(field).whole("value", 0);
    }

    private static Instant instant(long nanos) {
        return nanos <= 0 ? Instant.EPOCH : Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
    }
}
