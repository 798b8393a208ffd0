package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// The runtime's answers go over the wire's form, so they are what CRI can say.
class SandboxStatsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final long NANOS = 1_700_000_001_000_000_000L;
    private final Messages messages = new Messages();
    private final Map<String, Object> answers = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final SandboxStats stats = new SandboxStats(this::call, () -> NOW);

    private Struct call(String method, Struct request) {
        assertThat(messages.decode(method + "Request", messages.encode(method + "Request", request)))
                .isEqualTo(request);
        calls.add((method + " " + request.text("podSandboxId")).strip());
        return switch (answers.getOrDefault(calls.getLast(), RuntimeFault.Kind.UNSUPPORTED)) {
            case Struct answer ->
                messages.decode(method + "Response", messages.encode(method + "Response", answer));
            case RuntimeFault.Kind kind -> throw new RuntimeFault(kind, "scripted");
            default -> throw new IllegalStateException(method);
        };
    }

    private static Struct number(long n) {
        return Struct.of("value", n);
    }

    private static Struct counted(String name, long received) {
        return Struct.of("name", name, "rxBytes", number(received), "rxErrors", number(1), "txBytes", number(2),
                "txErrors", number(3));
    }

    private void running(String... ids) {
        answers.put("ListPodSandbox", Struct.of("items",
                Seq.copyOf(List.of(ids).stream().map(id -> Struct.of("id", id)).toList())));
    }

    private void told(String id, Object info) {
        answers.put("PodSandboxStatus " + id, info instanceof String text
                ? Struct.of("info", Struct.of("info", text)) : info);
    }

    private static Sandbox.Usage process(String id, long pid) {
        return new Sandbox.Usage(id, NOW, List.of(), OptionalLong.of(pid), OptionalLong.empty());
    }

    @Test
    void theDefaultInterfaceIsTheFirst() {
        running("s");
        told("s", Struct.EMPTY);
        answers.put("ListPodSandboxStats", Struct.of("stats", Seq.of(Struct.of("attributes", Struct.of("id", "s"),
                "linux", Struct.of("network", Struct.of("timestamp", NANOS, "defaultInterface", counted("eth0", 10),
                        "interfaces", Seq.of(counted("net1", 5), counted("eth0", 10))), "process",
                        Struct.of("processCount", number(7)))))));
        assertThat(stats.all()).containsExactly(new Sandbox.Usage("s", NOW.plusSeconds(1),
                List.of(new Sandbox.Interface("eth0", 10, 1, 2, 3), new Sandbox.Interface("net1", 5, 1, 2, 3)),
                OptionalLong.empty(), OptionalLong.of(7)));
    }

    @Test
    void aSandboxOnTheHostsNetworkHasNoInterfaces() {
        running("s");
        told("s", Struct.EMPTY);
        answers.put("ListPodSandboxStats", Struct.of("stats", Seq.of(Struct.of("attributes", Struct.of("id", "s"),
                "linux", Struct.of("cpu", Struct.of("timestamp", NANOS))))));
        assertThat(stats.all()).containsExactly(new Sandbox.Usage("s", NOW.plusSeconds(1), List.of(),
                OptionalLong.empty(), OptionalLong.empty()));
    }

    @Test
    void theKernelCountsWhereTheFirstProcessIsKnown() {
        running("a", "b");
        told("a", "{\"pid\":42,\"x\":{}}");
        told("b", "{\"pid\":43}");
        assertThat(stats.all()).containsExactly(process("a", 42), process("b", 43));
        assertThat(stats.all()).hasSize(2);
        assertThat(calls).containsExactly("ListPodSandbox", "PodSandboxStatus a", "PodSandboxStatus b",
                "ListPodSandbox");
    }

    @Test
    void theRuntimeCountsWhereItIsNot() {
        running("a", "b", "c", "d");
        told("a", "{\"pid\":42}");
        told("b", "no JSON");
        told("c", "{\"pid\":0}");
        told("d", RuntimeFault.Kind.NOT_FOUND);
        answers.put("ListPodSandboxStats", Struct.of("stats", Seq.of(Struct.of("attributes", Struct.of("id", "a")),
                Struct.of("attributes", Struct.of("id", "b")))));
        assertThat(stats.all()).extracting(Sandbox.Usage::id).containsExactly("a", "b");
        assertThat(stats.all().getFirst()).isEqualTo(process("a", 42));
        assertThat(stats.all().getLast().pid()).isEmpty();
        answers.put("ListPodSandboxStats", RuntimeFault.Kind.FAILED);
        assertThat(stats.all()).containsExactly(process("a", 42));
        assertThat(calls).containsOnlyOnce("PodSandboxStatus a", "PodSandboxStatus b", "PodSandboxStatus c");
    }

    @Test
    void aSandboxThatHasEndedIsForgotten() {
        running("a");
        told("a", "{\"pid\":42}");
        assertThat(stats.all()).hasSize(1);
        answers.put("ListPodSandbox", Struct.EMPTY);
        assertThat(stats.all()).isEmpty();
        running("a");
        told("a", "{\"pid\":43}");
        assertThat(stats.all()).containsExactly(process("a", 43));
    }

    @Test
    void aRuntimeThatIsAwayIsNoRuntimeWithoutSandboxes() {
        answers.put("ListPodSandbox", RuntimeFault.Kind.UNAVAILABLE);
        assertThatThrownBy(stats::all).isInstanceOf(RuntimeFault.class);
        running("a");
        told("a", Struct.EMPTY);
        answers.put("ListPodSandboxStats", RuntimeFault.Kind.UNAVAILABLE);
        assertThatThrownBy(stats::all).isInstanceOf(RuntimeFault.class);
    }

    @Test
    void aContainersFiguresAreCris() {
        Struct memory = Struct.of("workingSetBytes", number(1), "availableBytes", number(2), "usageBytes", number(3),
                "rssBytes", number(4), "pageFaults", number(5), "majorPageFaults", number(6));
        Struct layer = Struct.of("fsId", Struct.of("mountpoint", "/layers"), "usedBytes", number(7), "inodesUsed",
                number(8));
        Struct given = Struct.of("attributes", Struct.of("id", "c", "labels", Map.of("a", "b")), "cpu",
                Struct.of("timestamp", NANOS, "usageCoreNanoSeconds", number(9)), "memory", memory, "writableLayer",
                layer, "swap", Struct.of("swapUsageBytes", number(10), "swapAvailableBytes", number(11)));
        Struct sent = messages.decode("ContainerStats", messages.encode("ContainerStats", given));
        assertThat(CriValues.usage(sent)).isEqualTo(new ContainerUsage("c", Map.of("a", "b"), NOW.plusSeconds(1), 9,
                3, 1, 4, 7, new ContainerUsage.Details(2, 5, 6, 10, 11, "/layers", 8)));
    }
}
