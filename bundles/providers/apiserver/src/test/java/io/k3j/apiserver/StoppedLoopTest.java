package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiwatches.WatchHub;
import io.k3j.apiwatches.Watches;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.schema.Schemas;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A loop of the server that ends by an unexpected exception is reported and restarted.
class StoppedLoopTest {
    private final MemoryDatastore store = new MemoryDatastore();
    private final AtomicInteger faults = new AtomicInteger();
    private final TestServer server = new TestServer(faulty());

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    /// The datastore, with watches that fail a given number of times.
    private Datastore faulty() {
        return (Datastore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, args) -> {
                    Object answer;
                    try {
                        answer = method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    return method.getName().equals("watch") ? failing(answer, method.getReturnType()) : answer;
                });
    }

    private Object failing(Object watch, Class<?> type) {
        return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getName().equals("next") && faults.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                throw new IllegalStateException("planted, with a secret");
            }
            try {
                return method.invoke(watch, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private TestExchange readyz(int status) throws IOException {
        return answers("/readyz", status);
    }

    private TestExchange answers(String path, int status) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        TestExchange asked = server.get(path);
        while (asked.status() != status && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
            asked = server.get(path);
        }
        assertThat(asked.status()).as(asked.text()).isEqualTo(status);
        return asked;
    }

    /// The thread of a loop may not have run yet when the server stops again.
    @Test
    void watchesEndInOrderThatNobodyHasBegunToTell() throws Exception {
        Core core = new Core(server.contributions, server.server.storage(), Core.Types.of(new Schemas()),
                new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE), Core.Environment.real(server.health));
        TestExchange watch = new TestExchange("GET", "/api/v1/configmaps?watch=true", new byte[0]);
        try (WatchHub notStarted = new WatchHub(server.server.storage().log(), server.health)) {
            core.endpoint(notStarted, server.server.health(), Watches.LEAST).serve(watch);
            assertThat(notStarted.watchers()).isEqualTo(1);
        }
        assertThat(watch.line()).isEqualTo("end");
    }

    @Test
    void aStoppedLogLoopFailsReadinessUntilItRestarts() throws Exception {
        readyz(200);
        faults.set(Integer.MAX_VALUE);
        assertThat(readyz(500).text())
                .contains("[-]loop/apiserver-log failed: ended by java.lang.IllegalStateException, begins anew in ")
                .doesNotContain("secret");
        answers("/readyz/loop/apiserver-log", 500);
        assertThat(server.get("/livez").status()).isEqualTo(200);
        faults.set(0);
        readyz(200);
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"after\"}}";
        assertThat(server.call("POST", "/api/v1/namespaces/default/configmaps", map).status()).isEqualTo(201);
        assertThat(server.get("/api/v1/namespaces/default/configmaps/after").status()).isEqualTo(200);
    }
}
