package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PodStartGate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StartGatesTest extends PodScene {
    private static final Gvr EVENTS = new Gvr("events.k8s.io", "v1", "events");
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Test
    void noContainerStartsBeforeTheGateOpens() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        tools.gates().add((pod, addresses) -> {
            asked.add(pod.name() + addresses);
            opened.await();
        }, () -> true);
        Obj pod = pod("p", spec(container("c")));
        until(() -> !asked.isEmpty());
        assertThat(called("create")).isFalse();
        opened.countDown();
        until(() -> ready(pod));
        assertThat(asked).as("its name and the sandbox's address, once").containsExactly("p[10.0.0.1]");
    }

    @Test
    void aGateThatRefusesIsAskedAgainAndToldOf() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        tools.gates().add((pod, addresses) -> {
            asked.add(pod.name());
            if (!open.get()) {
                throw new IllegalStateException("no rules yet");
            }
        }, () -> true);
        Obj pod = pod("p", spec(container("c")));
        until(() -> !asked.isEmpty());
        until(() -> told("no rules yet"));
        assertThat(called("create")).isFalse();
        open.set(true);
        clock.advance(Duration.ofSeconds(1));
        until(() -> ready(pod));
    }

    @Test
    void aGateThatDoesNotComeBackOrBreaksKeepsThePodFromStartingAndNotItsWorker() {
        CountDownLatch never = new CountDownLatch(1);
        StartGates gates = new StartGates(Duration.ofMillis(1));
        PodStartGate blocks = (pod, addresses) -> never.await();
        gates.add(blocks, () -> true);
        assertThat(gates.refusal(Obj.of(Struct.EMPTY), List.of())).endsWith("has not come back after 0 s");
        gates.remove(blocks);
        assertThat(gates.refusal(Obj.of(Struct.EMPTY), List.of())).isEmpty();
        StartGates patient = new StartGates(Duration.ofMinutes(5));
        patient.add((pod, addresses) -> {
            throw new NoClassDefFoundError("com/acme/Rules");
        }, () -> true);
        assertThat(patient.refusal(Obj.of(Struct.EMPTY), List.of())).isEqualTo("com/acme/Rules");
    }

    private boolean told(String words) {
        while (tools.events().step()) {
            LockSupport.parkNanos(1_000_000);
        }
        return List.of(EVENTS, Gvr.of("v1", "events")).stream().flatMap(r -> api.list(r, Query.ALL).items().stream())
                .anyMatch(e -> e.tree().text("reason").equals("PodStartGateClosed")
                        && (e.tree().text("note") + e.tree().text("message")).contains(words));
    }

    @Test
    void aGateIsAskedAgainForANewSandboxOnly() throws Exception {
        tools.gates().add((pod, addresses) -> asked.add(pod.name() + addresses), () -> true);
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
        runtime.stopSandbox("sandbox-0");
        workers.event(io.k3j.nodeapi.RuntimeEvent.RESYNC);
        until(() -> asked.size() == 2);
        assertThat(asked.getFirst()).isNotEqualTo(asked.getLast());
    }

    @Test
    void oneThatIsNoServiceAnyMoreIsNotAskedThoughNobodyTookItOut() throws Exception {
        tools.gates().add((pod, addresses) -> {
            throw new IllegalStateException("is being replaced");
        }, () -> false);
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
        assertThat(asked).isEmpty();
    }

    @Test
    void podsOnTheNodesNetworkAreNotAskedAbout() throws Exception {
        tools.gates().add((pod, addresses) -> asked.add(pod.name()), () -> true);
        Obj pod = pod("p", spec(container("c")).with("hostNetwork", true));
        until(() -> ready(pod));
        assertThat(asked).isEmpty();
        assertThat(api.list(ReferencedObjects.PODS, Query.ALL).items()).hasSize(1);
    }
}
