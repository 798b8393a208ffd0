package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a server that stops does for those who wait for it.
class DrainTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final long MOMENT_MILLIS = 300;
    /// Longer than any machine takes for what is done meanwhile.
    private static final long PATIENCE_MILLIS = 60_000;
    private final TestServer server = new TestServer();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);

    @AfterEach
    void close() {
        free.countDown();
        server.close();
        threads.close();
    }

    private void hold() {
        held.countDown();
        try {
            free.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Holding implements Admission {
        @Override
        public String name() {
            return "Holding";
        }

        @Override
        public boolean handles(Write write) {
            return write.key().name().equals("held");
        }

        @Override
        public Struct admit(Write write, Struct object) {
            hold();
            return object;
        }
    }

    private final class Holder implements Connect {
        @Override
        public Gvr resource() {
            return new Gvr("", "v1", "pods");
        }

        @Override
        public String subresource() {
            return "exec";
        }

        @Override
        public void serve(Call call) throws IOException {
            hold();
            call.exchange().respond(200, Map.of());
        }
    }

    private Future<TestExchange> sent(String method, String target, String name) {
        return threads.submit(() -> server.call(method, target, "{\"metadata\":{\"name\":\"" + name + "\"}}"));
    }

    @Test
    void whatIsInFlightReadsWhatWasWrittenSince() throws Exception {
        assertThat(server.call("POST", MAPS, "{\"metadata\":{\"name\":\"held\"}}").status()).isEqualTo(201);
        server.contributions.admissions().add(new Holding(), Map.of(Admission.ORDER, 1));
        Future<TestExchange> update = sent("PUT", MAPS + "/held", "held");
        assertThat(held.await(1, TimeUnit.MINUTES)).isTrue();
        TestExchange watch = server.get(MAPS + "?watch=true");
        Future<?> end = threads.submit(() -> {
            server.server.drainWithin(PATIENCE_MILLIS);
            server.server.close();
        });
        while (!watch.ended()) {
            assertThat(watch.line()).isNotEmpty();
        }
        assertThat(server.call("POST", MAPS, "{\"metadata\":{\"name\":\"late\"}}").status()).isEqualTo(201);
        assertThatThrownBy(() -> end.get(MOMENT_MILLIS, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(server.get(MAPS + "/late").status()).isEqualTo(200);
        free.countDown();
        assertThat(update.get(1, TimeUnit.MINUTES).status()).isEqualTo(200);
        end.get(1, TimeUnit.MINUTES);
    }

    @Test
    void watchesAndConnectionsAreNotWaitedFor() throws Exception {
        server.contributions.connects().add(new Holder(), Map.of());
        assertThat(server.get(MAPS + "?watch=true").status()).isEqualTo(200);
        Future<TestExchange> exec = sent("POST", "/api/v1/namespaces/default/pods/p/exec?command=sh", "p");
        assertThat(held.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(server.server.inFlight().count()).isZero();
        free.countDown();
        assertThat(exec.get(1, TimeUnit.MINUTES).status()).isEqualTo(200);
    }
}
