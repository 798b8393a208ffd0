package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A plug-in that waits for somebody outside costs those whose writes it is asked of, and nobody else.
class RemoteAdmissionTest {
    private static final int MANY = 2 * Seats.WRITES;
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch waiting = new CountDownLatch(MANY);

    private final class Hanging implements Admission {
        @Override
        public String name() {
            return "Hanging";
        }

        @Override
        public boolean handles(Write write) {
            return write.key().name().startsWith("slow");
        }

        @Override
        public boolean remote() {
            return true;
        }

        @Override
        public Struct admit(Write write, Struct object) {
            waiting.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return object;
        }
    }

    private static int create(TestServer server, String name) throws Exception {
        return server.serve(new TestExchange("POST", "/api/v1/namespaces/default/configmaps",
                ("{\"metadata\":{\"name\":\"" + name + "\"}}").getBytes(StandardCharsets.UTF_8))
                .with("authorization", "Bearer user-of-" + name)).status();
    }

    @Test
    void whoWaitsForSomebodyOutsideHasNoSeat() throws Exception {
        try (TestServer server = new TestServer()) {
            server.everybody();
            server.contributions.admissions().add(new Hanging(), Map.of(Admission.ORDER, 1));
            List<Thread> all = new ArrayList<>();
            AtomicInteger created = new AtomicInteger();
            for (int i = 0; i < MANY; i++) {
                String name = "slow-" + i;
                all.add(Thread.ofVirtual().start(() -> {
                    try {
                        created.addAndGet(create(server, name) == 201 ? 1 : 0);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            assertThat(waiting.await(2, TimeUnit.MINUTES)).as("all wait at once").isTrue();
            assertThat(create(server, "quick")).isEqualTo(201);
            end.countDown();
            for (Thread t : all) {
                t.join();
            }
            assertThat(created).hasValue(MANY);
            assertThat(create(server, "after")).isEqualTo(201);
        }
    }

    /// Makes four of three by a Scale, as somebody outside would.
    private static final class Rescaling implements Admission {
        @Override
        public String name() {
            return "Rescaling";
        }

        @Override
        public boolean handles(Write write) {
            return write.of("scale");
        }

        @Override
        public Struct admit(Write write, Struct object) {
            Struct scale = write.context().converted(object, write.kind());
            assertThat(scale.text("kind")).isEqualTo("Scale");
            assertThat(scale.struct("spec")).isEqualTo(Struct.of("replicas", 3));
            return write.context().accepted(scale.withAt(4, "spec", "replicas").withAt("x", "metadata", "name"),
                    write.kind());
        }
    }

    @Test
    void aScaleIsWhatIsSeenAndChangedThroughScale() throws Exception {
        try (TestServer server = new TestServer()) {
            server.contributions.admissions().add(new Rescaling(), Map.of(Admission.ORDER, 1));
            String path = "/apis/apps/v1/namespaces/default/deployments";
            server.call("POST", path, "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":1}}");
            TestExchange scaled = server.call("PUT", path + "/d/scale", "{\"metadata\":{\"name\":\"d\",\"namespace\":"
                    + "\"default\"},\"spec\":{\"replicas\":3}}");
            assertThat(scaled.text()).contains("\"kind\":\"Scale\"", "\"name\":\"d\"", "\"replicas\":4");
        }
    }
}
