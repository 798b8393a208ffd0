package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private static final Struct LATER = Struct.of("exec", Struct.of("command", Seq.of("true")), "initialDelaySeconds",
            3600);
    private final ContainerRuntime unused = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                throw new AssertionError(method);
            });
    private final Probes probes = new Probes(new Handlers(unused, new CountDownLatch(1)), InstantSource.system(),
            () -> {
            }, (container, message) -> {
            });

    @AfterEach
    void stop() {
        probes.stop();
    }

    @Test
    void aContainerFoundRunningStaysWhatTheApiWasToldOfItUntilAProbeSaysOtherwise() {
        Container container = container("same");
        follow(container, "containerd://same", Struct.of("startupProbe", LATER, "readinessProbe", LATER));
        assertThat(probes.started(container)).isTrue();
        assertThat(probes.ready(container)).isTrue();
    }

    @Test
    void anotherContainerOfThatNameHasToProveItself() {
        Container container = container("next");
        follow(container, "containerd://same", Struct.of("readinessProbe", LATER));
        assertThat(probes.ready(container)).isFalse();
    }

    private void follow(Container container, String told, Struct spec) {
        Struct status = Struct.of("name", "a", "containerID", told, "started", true, "ready", true);
        Obj pod = Obj.of(Struct.of("status", Struct.of("containerStatuses", Seq.of(status))));
        probes.follow(Map.of(container, new Handlers.Target(pod, spec.with("name", "a"), container.id(), "")));
    }

    private static Container container(String id) {
        return new Container(id, "s", "a", 0, Container.State.RUNNING, "i", Map.of(), Map.of(),
                new Container.End(Instant.EPOCH, Instant.now(), Instant.EPOCH, 0, "", "", ""));
    }
}
