package io.k3j.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The modes with a webhook that works, fails, or hangs.
class WebhookSenderTest {
    @TempDir
    private Path directory;
    private final AuditMetrics metrics = new AuditMetrics();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final List<EventSink> sinks = new ArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private Collector collector;

    @BeforeEach
    void collect() throws Exception {
        collector = new Collector();
    }

    @AfterEach
    void close() {
        never.countDown();
        sinks.forEach(EventSink::close);
        collector.close();
    }

    private EventSink sink(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("audit-webhook-config-file=/unused",
                "audit-webhook-initial-backoff=1ms"));
        all.addAll(List.of(arguments));
        AuditOptions options = AuditOptions.of(all.toArray(String[]::new));
        assertThat(options.problems()).isEmpty();
        HealthScope scope = new HealthScope() {
            @Override
            public void report(HealthLevel level, String message) {
                reports.add(level + " " + message);
            }

            @Override
            public void close() {
                reports.add("closed");
            }
        };
        EventSink sink = new EventSink(options.webhook().sink(), EventForm.item(),
                new WebhookSender(collector.client(directory), options.webhook().initialBackoff(), new Random(1),
                        scope, metrics),
                metrics, Health.none());
        sinks.add(sink);
        return sink;
    }

    private static Struct event(String stage) {
        return Struct.of("kind", "Event", "apiVersion", "audit.k8s.io/v1", "level", "Metadata", "stage", stage);
    }

    private void counted(String part, int events) {
        assertThat(metrics.text()).contains("apiserver_audit_error_total{plugin=\"" + part + "\"} " + events + "\n");
    }

    @Test
    void eventsComeAsAList() throws Exception {
        EventSink sink = sink("audit-webhook-batch-max-size=2", "audit-webhook-batch-max-wait=1h");
        assertThat(sink.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(sink.take(event("ResponseComplete"))).isEqualTo(Taken.TAKEN);
        Waiting.until("a list", () -> !collector.bodies.isEmpty());
        assertThat(collector.bodies).containsExactly("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\","
                + "\"metadata\":{},\"items\":[{\"level\":\"Metadata\",\"stage\":\"RequestReceived\"},"
                + "{\"level\":\"Metadata\",\"stage\":\"ResponseComplete\"}]}\n");
        assertThat(metrics.lost()).isZero();
    }

    @Test
    void aBlockingOneWaitsUntilTheListHasArrived() throws Exception {
        assertThat(sink("audit-webhook-mode=blocking").take(event("Panic"))).isEqualTo(Taken.TAKEN);
        assertThat(collector.stages()).containsExactly(List.of("Panic"));
    }

    @Test
    void whateverFailsIsTriedFiveTimes() throws Exception {
        EventSink blocking = sink("audit-webhook-mode=blocking");
        for (int status : new int[] {400, 503}) {
            collector.answers(status).bodies.clear();
            assertThat(blocking.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
            assertThat(collector.bodies).hasSize(5);
        }
        counted("webhook", 2);
        assertThat(reports).last().asString().startsWith("DEGRADED cannot send to the audit webhook: the server is"
                + " currently unable to handle the request; 2 events are lost.");
        collector.answers(200);
        assertThat(blocking.take(event("ResponseComplete"))).isEqualTo(Taken.TAKEN);
        assertThat(reports).last().asString().startsWith("OK");
    }

    private static Collector.Handler wishing(String retryAfter) {
        return exchange -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            Collector.answer(exchange, 503);
        };
    }

    @Test
    void whoWishesToBeAskedLaterIsAskedOftener() throws Exception {
        AtomicInteger times = new AtomicInteger();
        collector.answers(exchange -> {
            if (times.incrementAndGet() < 9) {
                wishing("0").handle(exchange);
            } else {
                Collector.answer(exchange, 200);
            }
        });
        assertThat(sink("audit-webhook-mode=blocking-strict", "audit-webhook-initial-backoff=1h")
                .take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(metrics.lost()).isZero();
        assertThat(reports).containsExactly("OK ");
    }

    @Test
    void aWishDoesNotOutliveTheEnd() throws Exception {
        collector.answers(wishing("3600"));
        EventSink sink = sink("audit-webhook-batch-max-size=1");
        sink.take(event("first"));
        Waiting.until("a post", () -> collector.bodies.size() == 1);
        sink.hurry();
        sink.drain(Duration.ofMinutes(1));
        Waiting.until("it is counted", () -> metrics.lost() == 1);
        assertThat(collector.bodies).hasSize(3);
    }

    @Test
    void whatArrivesAfterFailuresIsNotLost() throws Exception {
        AtomicInteger times = new AtomicInteger();
        collector.answers(exchange -> Collector.answer(exchange, times.incrementAndGet() < 5 ? 500 : 200));
        assertThat(sink("audit-webhook-mode=blocking-strict").take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(metrics.lost()).isZero();
        assertThat(reports).last().asString().startsWith("OK");
    }

    @Test
    void aStrictOneFailsTheRequest() throws Exception {
        collector.answers(500);
        assertThat(sink("audit-webhook-mode=blocking-strict").take(event("RequestReceived"))).isEqualTo(Taken.FAILED);
    }

    @Test
    void whoIsInterruptedIsRecordedAllTheSame() throws Exception {
        EventSink blocking = sink("audit-webhook-mode=blocking");
        Thread.currentThread().interrupt();
        assertThat(blocking.take(event("Panic"))).isEqualTo(Taken.TAKEN);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(collector.stages()).containsExactly(List.of("Panic"));
        assertThat(metrics.lost()).isZero();
    }

    @Test
    void whileABatchHangsOthersArriveAndNoRequestWaits() throws Exception {
        collector.answers(exchange -> {
            if (collector.bodies.size() == 1) {
                never.await();
            }
            Collector.answer(exchange, 200);
        });
        EventSink sink = sink("audit-webhook-batch-max-size=1");
        sink.take(event("hangs"));
        Waiting.until("the first", () -> collector.bodies.size() == 1);
        sink.take(event("second"));
        sink.take(event("third"));
        Waiting.until("the others", () -> collector.bodies.size() == 3);
    }

    @Test
    void ofAHangingWebhookABoundedNumberWaits() throws Exception {
        collector.answers(exchange -> never.await());
        EventSink sink = sink("audit-webhook-batch-max-size=1", "audit-webhook-batch-buffer-size=10",
                "audit-webhook-batch-throttle-enable=false");
        for (int i = 0; i < 100; i++) {
            assertThat(sink.take(event("e" + i))).isEqualTo(Taken.TAKEN);
        }
        // 16 are on their way at most, 10 wait
        assertThat(metrics.lost()).isBetween(74L, 90L);
    }

    @Test
    void whatWaitsArrivesBeforeTheEnd() throws Exception {
        EventSink sink = sink("audit-webhook-batch-max-wait=1h");
        sink.take(event("first"));
        sink.take(event("second"));
        sink.hurry();
        sink.drain(Duration.ofMinutes(1));
        assertThat(collector.stages()).containsExactly(List.of("first", "second"));
        sink.close();
        assertThat(sink.take(event("late"))).isEqualTo(Taken.CLOSED);
        assertThat(reports).containsExactly("OK ", "closed");
    }

    @Test
    void whatFailsNearTheEndIsTriedOnceMoreAtOnce() throws Exception {
        collector.answers(503);
        EventSink sink = sink("audit-webhook-initial-backoff=1h", "audit-webhook-batch-max-size=1");
        sink.take(event("first"));
        Waiting.until("a pause", () -> reports.size() > 1);
        sink.hurry();
        sink.drain(Duration.ofMinutes(1));
        assertThat(collector.bodies).hasSize(2);
        counted("webhook", 1);
    }

    @Test
    void oneThatHangsHoldsNobodyAtTheEnd() throws Exception {
        collector.answers(exchange -> never.await());
        EventSink blocking = sink("audit-webhook-mode=blocking");
        EventSink batch = sink("audit-webhook-batch-max-size=1", "audit-webhook-batch-max-wait=1h");
        batch.take(event("first"));
        Waiting.until("the first", () -> collector.bodies.size() == 1);
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Taken> taken = requests.submit(() -> blocking.take(event("second")));
            Waiting.until("the second", () -> collector.bodies.size() == 2);
            blocking.close();
            assertThat(taken.get(1, TimeUnit.MINUTES)).isEqualTo(Taken.TAKEN);
        }
        batch.close();
        Waiting.until("both are counted", () -> metrics.lost() == 2);
        counted("webhook", 2);
        assertThat(batch.take(event("late"))).isEqualTo(Taken.CLOSED);
        assertThat(blocking.take(event("late"))).isEqualTo(Taken.CLOSED);
    }
}
