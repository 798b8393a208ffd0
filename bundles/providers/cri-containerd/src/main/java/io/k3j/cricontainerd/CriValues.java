package io.k3j.cricontainerd;

import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.Sandbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Converts CRI responses to the values of the contract.
final class CriValues {
    private static final long NANOS = 1_000_000_000L;

    private CriValues() {
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
                c.annotations(), end);
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
        return new ContainerUsage(attributes.text("id"), attributes.struct("labels").texts(),
                instant(cpu.whole("timestamp", 0)), number(cpu, "usageCoreNanoSeconds"), number(memory, "usageBytes"),
                number(memory, "workingSetBytes"), number(memory, "rssBytes"),
                number(s.struct("writableLayer"), "usedBytes"));
    }

    private static long number(Struct s, String field) {
        return s.struct(field).whole("value", 0);
    }

    private static Instant instant(long nanos) {
        return nanos <= 0 ? Instant.EPOCH : Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
    }
}
