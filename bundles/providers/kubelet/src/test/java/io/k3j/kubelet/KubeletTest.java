package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.kubeletoptions.KubeletSettings;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodestatus.MachineHugePages;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class KubeletTest {
    /// Longer than any machine that is busy or was halted meanwhile takes to end what has been interrupted.
    private static final Duration LONG = Duration.ofHours(1);
    private final FakeApi api = FakeApi.live();
    private final List<String> registered = new CopyOnWriteArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicBoolean written = new AtomicBoolean();
    @TempDir
    private Path directory;

    @AfterEach
    void end() {
        answer.countDown();
        api.close();
    }

    @Test
    void whatItWasWritingHasEndedWithItsStopAndMakesTheNodeReadyNoMore() throws Exception {
        Kubelet kubelet = kubelet(new ScriptedRuntime());
        kubelet.bindApi(proxy(ApiClient.class, this::slow));
        asked.await();
        kubelet.stopWithin(LONG);
        assertThat(written).isTrue();
        assertThat(registered).isEmpty();
    }

    @Test
    void thisProcessEndsAfterPodsFromTheStartOn() throws Exception {
        Kubelet kubelet = kubelet(new ScriptedRuntime());
        kubelet.stopWithin(LONG);
        assertThat(directory.resolve("oom_score_adj")).hasContent("-999");
    }

    @Test
    void aStopWhileTheRuntimeIsAskedDoesNotMakeTheNodeUnready() throws Exception {
        ScriptedRuntime runtime = new ScriptedRuntime();
        runtime.asked = () -> {
            try {
                asked.countDown();
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "interrupted");
            }
        };
        Kubelet kubelet = kubelet(runtime);
        kubelet.bindApi(api);
        asked.await();
        kubelet.stopWithin(LONG);
        assertThat(api.get(ReferencedObjects.NODES, Key.of("n")).status().seq("conditions")).isEqualTo(Seq.EMPTY);
    }

    /// A status of a Node is written when the test says so, or when the writer is interrupted.
    private Object slow(Method method, Object[] arguments) throws Throwable {
        boolean status = method.getName().equals("update") && arguments[0].equals(ReferencedObjects.NODES)
                && arguments[2].equals(WriteOptions.STATUS);
        try {
            if (status) {
                asked.countDown();
                answer.await();
            }
        } catch (InterruptedException e) {
            // it was written before the interrupt came
        }
        try {
            Object result = method.invoke(api, arguments);
            written.compareAndSet(false, status);
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// One that leaves this machine as it is.
    private Kubelet kubelet(ScriptedRuntime runtime) throws IOException {
        return new Kubelet(context(), settings(), runtime, Health.none(),
                new KernelFiles(directory.resolve("cgroup"), directory.resolve("oom_score_adj"),
                        new MachineHugePages(directory.resolve("hugepages"))));
    }

    private KubeletSettings settings() {
        Map<String, Object> given = Map.of("dataDir", directory.toString(), "nodeName", "n", "kubeletArg",
                new String[] {"root-dir=" + directory.resolve("kubelet"),
                        "pod-logs-dir=" + directory.resolve("log/pods"), "cgroup-root=/k3jtest"});
        return proxy(KubeletSettings.class,
                (method, arguments) -> given.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    /// Records which types are registered.
    private BundleContext context() {
        return proxy(BundleContext.class, (method, arguments) -> {
            String type = ((Class<?>) arguments[0]).getSimpleName();
            registered.add(type);
            return proxy(ServiceRegistration.class, (m, none) -> registered.remove(type));
        });
    }

    private interface Answer {
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method, arguments)));
    }
}
