package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ProbesTest {
    private static final Struct LATER = Struct.of("exec", Struct.of("command", Seq.of("true")), "initialDelaySeconds",
            3600);
    private final ContainerRuntime unused = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                throw new AssertionError(method);
            });
    private final Semaphore wakes = new Semaphore(0);
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Probes probes = new Probes(new HandlerRunner(unused, new CountDownLatch(1)), InstantSource.system(),
            wakes::release, (container, reason, message) -> events.add(container + " " + reason + ": " + message));

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

    @Test
    void aRedirectToAnotherHostIsAWarningAndTheContainerIsReady() throws Exception {
        Container container = container("c");
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Struct get = Struct.of("host", "127.0.0.1", "port", server.getLocalPort());
            follow(container, "", Struct.of("readinessProbe", Struct.of("httpGet", get, "timeoutSeconds", 30)));
            try (Socket s = server.accept()) {
                s.getOutputStream().write("HTTP/1.1 302 F\r\nLocation: http://192.0.2.1\r\n\r\n".getBytes(
                        StandardCharsets.UTF_8));
                assertThat(events.take()).isEqualTo("a ProbeWarning: Readiness probe warning: Probe terminated"
                        + " redirects, Response body: ");
            }
        }
        wakes.acquire();
        assertThat(probes.ready(container)).isTrue();
    }

    @Test
    void aProbeThatFailsAsNobodyThoughtGoesOn() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ContainerRuntime broken = (ContainerRuntime) Proxy.newProxyInstance(ContainerRuntime.class.getClassLoader(),
                new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                    if (calls.getAndIncrement() == 0) {
                        throw new IllegalStateException("nobody thought of this");
                    }
                    return new ExecResult(0, new byte[0], new byte[0]);
                });
        Probes some = new Probes(new HandlerRunner(broken, new CountDownLatch(1)), InstantSource.system(),
                wakes::release, (container, reason, message) -> events.add(reason));
        Container container = container("c");
        Struct spec = Struct.of("name", "a", "readinessProbe",
                Struct.of("exec", Struct.of("command", Seq.of("true")), "periodSeconds", 0));
        try {
            some.follow(Map.of(container, new HandlerRunner.Target(Obj.of(Struct.EMPTY), spec, "c", "")));
            wakes.acquire();
            assertThat(some.ready(container)).isTrue();
            assertThat(events).isEmpty();
        } finally {
            some.stop();
        }
    }

    @Test
    void aRuntimeThatCannotBeAskedSaysNothingOfTheContainer() throws Exception {
        CountDownLatch enough = new CountDownLatch(5);
        ContainerRuntime away = (ContainerRuntime) Proxy.newProxyInstance(ContainerRuntime.class.getClassLoader(),
                new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                    enough.countDown();
                    throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "no container runtime");
                });
        Probes some = new Probes(new HandlerRunner(away, new CountDownLatch(1)), InstantSource.system(),
                wakes::release, (container, reason, message) -> events.add(reason + ": " + message));
        Container container = container("same");
        Struct probe = Struct.of("exec", Struct.of("command", Seq.of("true")), "periodSeconds", 0, "failureThreshold",
                1);
        try {
            follow(some, container, "containerd://same", Struct.of("readinessProbe", probe, "livenessProbe", probe));
            enough.await();
            assertThat(some.ready(container)).isTrue();
            assertThat(some.failure(container)).isEmpty();
            assertThat(events.take()).endsWith(" probe errored and resulted in unknown state: no container runtime");
        } finally {
            some.stop();
        }
    }

    private void follow(Container container, String told, Struct spec) {
        follow(probes, container, told, spec);
    }

    private static void follow(Probes probes, Container container, String told, Struct spec) {
        Struct status = Struct.of("name", "a", "containerID", told, "started", true, "ready", true);
        Obj pod = Obj.of(Struct.of("status", Struct.of("containerStatuses", Seq.of(status))));
        probes.follow(Map.of(container, new HandlerRunner.Target(pod, spec.with("name", "a"), container.id(), "")));
    }

    private static Container container(String id) {
        return new Container(id, "s", "a", 0, Container.State.RUNNING, "i", Map.of(), Map.of(),
                new Container.End(Instant.EPOCH, Instant.now(), Instant.EPOCH, 0, "", "", ""));
    }
}
