package io.k3j.audit;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The modes, on a disk that works, is full, or is slow.
class AuditBackendTest {
    private static final AuditPolicy POLICY = AuditPolicy.parse(
            "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Request}]}".getBytes(StandardCharsets.UTF_8));
    private final Disk disk = new Disk();
    private final AuditMetrics metrics = new AuditMetrics();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final List<AuditBackend> backends = new ArrayList<>();
    private @Nullable Elsewhere second;
    /// Longer than any disk of a test takes that does not hang.
    private Duration patience = Duration.ofMinutes(1);

    /// A disk that may be full or slow.
    private static final class Disk implements LogOutput {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final CountDownLatch entered = new CountDownLatch(1);
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile boolean full;

        @Override
        public void write(byte[]... parts) throws IOException {
            entered.countDown();
            boolean waiting = true;
            while (waiting) {
                try {
                    gate.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    // as a system call
                }
            }
            if (full) {
                throw new IOException("No space left on device");
            }
            String all = Stream.of(parts).map(p -> new String(p, StandardCharsets.UTF_8)).collect(joining());
            Stream.of(all.split("(?<=\n)")).forEach(lines::add);
        }

        @Override
        public void close() {
            // nothing to close
        }
    }

    /// Another place than the disk.
    private static final class Elsewhere implements EventOutput {
        private final List<String> events = new CopyOnWriteArrayList<>();
        private volatile Written answer = Written.YES;

        @Override
        public List<Written> write(List<byte[]> some) {
            some.forEach(event -> events.add(new String(event, StandardCharsets.UTF_8)));
            return Collections.nCopies(some.size(), answer);
        }

        @Override
        public void hurry() {
            // nothing waits
        }

        @Override
        public void close() {
            answer = Written.CLOSED;
        }
    }

    private AuditBackend backend(String... arguments) {
        List<String> all = new ArrayList<>(List.of("audit-log-path=/tmp/unused"));
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
                // nothing to forget
            }
        };
        EventSink sink = new EventSink(options.log(), EventForm.line(options.file()),
                new AuditWriter(disk, Health.none(), scope, metrics, patience).started(), metrics, Health.none(),
                patience);
        List<EventSink> sinks = new ArrayList<>(List.of(sink));
        if (second != null) {
            sinks.add(new EventSink(options.webhook().sink(), EventForm.item(), second, metrics, Health.none(),
                    patience));
        }
        AuditBackend backend = new AuditBackend(POLICY, metrics, sinks);
        backends.add(backend);
        return backend;
    }

    @AfterEach
    void close() {
        disk.gate.countDown();
        backends.forEach(AuditBackend::close);
    }

    private static Struct event(String stage) {
        return Struct.of("kind", "Event", "stage", stage, "requestObject", Struct.of("data", "x".repeat(200)));
    }

    @Test
    void aBlockingOneReturnsWhenTheLineIsWritten() {
        assertThat(backend().take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(disk.lines).containsExactly(Json.text(event("RequestReceived")) + "\n");
        assertThat(metrics.text()).contains("apiserver_audit_event_total 1\n");
    }

    @Test
    void onAFullDiskABlockingOneLosesEventsCountsThemAndSaysSo() {
        AuditBackend backend = backend();
        disk.full = true;
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(reports).singleElement().asString().startsWith("DEGRADED cannot write the audit log: No space left");
        assertThat(metrics.text()).contains("apiserver_audit_error_total{plugin=\"log\"} 1\n");
        disk.full = false;
        assertThat(backend.take(event("ResponseComplete"))).isEqualTo(Taken.TAKEN);
        assertThat(reports).last().asString().startsWith("OK");
        assertThat(disk.lines).hasSize(1);
    }

    @Test
    void onAFullDiskAStrictOneFailsTheRequest() {
        AuditBackend backend = backend("audit-log-mode=blocking-strict");
        disk.full = true;
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.FAILED);
        assertThat(metrics.text()).contains("apiserver_audit_requests_rejected_total 1\n");
        disk.full = false;
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
    }

    @Test
    void inBatchesNoRequestWaitsAndWhatHasNoRoomIsLost() {
        AuditBackend backend = backend("audit-log-mode=batch", "audit-log-batch-buffer-size=2");
        disk.gate = new CountDownLatch(1);
        // one may be on its way to the disk already
        for (int i = 0; i < 4; i++) {
            assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        }
        assertThat(metrics.lost()).isPositive();
        disk.gate.countDown();
        backend.close();
        assertThat(disk.lines.size() + metrics.lost()).isEqualTo(4);
    }

    @Test
    void whoIsInterruptedStillHasHisLineWritten() {
        AuditBackend backend = backend();
        Thread.currentThread().interrupt();
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(disk.lines).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"blocking", "batch"})
    void whileOneTakesThePlaceOfAnotherEachEventIsWrittenOnceOrCounted(String mode) throws Exception {
        AuditBackend old = backend("audit-log-mode=" + mode);
        AuditBackend successor = backend("audit-log-mode=" + mode);
        CountDownLatch under = new CountDownLatch(200);
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                Struct event = event("e" + i);
                requests.execute(() -> {
                    Taken taken = old.take(event);
                    under.countDown();
                    if (taken == Taken.CLOSED) {
                        successor.take(event);
                    }
                });
            }
            under.await();
            old.drain();
            old.close();
        }
        for (int i = 0; i < 20; i++) {
            successor.drain();
        }
        assertThat(disk.lines.size() + metrics.lost()).isEqualTo(1_000);
        assertThat(disk.lines).doesNotHaveDuplicates();
    }

    @Test
    void aDiskThatHangsHoldsNobodyAtTheEnd() throws Exception {
        patience = AuditWriter.END;
        AuditBackend backend = backend();
        CountDownLatch hangs = new CountDownLatch(1);
        disk.gate = hangs;
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Taken> taken = requests.submit(() -> backend.take(event("ResponseComplete")));
            disk.entered.await();
            backend.close();
            assertThat(taken.get(1, TimeUnit.MINUTES)).isEqualTo(Taken.TAKEN);
            assertThat(metrics.lost()).isEqualTo(1);
        }
        hangs.countDown();
    }

    @Test
    void whatStillWaitsAtTheEndIsCounted() throws Exception {
        patience = AuditWriter.END;
        AuditBackend backend = backend("audit-log-mode=batch");
        CountDownLatch hangs = new CountDownLatch(1);
        disk.gate = hangs;
        for (int i = 0; i < 5; i++) {
            backend.take(event("ResponseComplete"));
        }
        disk.entered.await();
        backend.close();
        assertThat(metrics.lost()).isEqualTo(5);
        hangs.countDown();
    }

    @Test
    void whatWaitsIsWrittenAtTheEndAndNothingIsTakenAfterwards() {
        AuditBackend backend = backend("audit-log-mode=batch", "audit-log-batch-max-size=100",
                "audit-log-batch-max-wait=1h");
        backend.take(event("RequestReceived"));
        backend.take(event("ResponseComplete"));
        backend.close();
        assertThat(disk.lines).hasSize(2);
        assertThat(backend.take(event("Panic"))).isEqualTo(Taken.CLOSED);
        AuditBackend blocking = backend();
        blocking.close();
        assertThat(blocking.take(event("Panic"))).isEqualTo(Taken.CLOSED);
        assertThat(disk.lines).hasSize(2);
    }

    @Test
    void aLargeEventLosesItsBodiesThenItsLengthsThenItself() {
        AuditBackend backend = backend("audit-log-truncate-enabled=true", "audit-log-truncate-max-event-size=150");
        backend.take(event("Panic"));
        assertThat(disk.lines).containsExactly("{\"kind\":\"Event\",\"stage\":\"Panic\",\"annotations\":"
                + "{\"audit.k8s.io/truncated\":\"true\"}}\n");
        assertThat(backend.take(event("P".repeat(200)))).isEqualTo(Taken.TAKEN);
        assertThat(disk.lines).hasSize(1);
        assertThat(metrics.text()).contains("apiserver_audit_error_total{plugin=\"truncate\"} 1\n");
        assertThat(backend("audit-log-mode=blocking-strict", "audit-log-truncate-enabled=true",
                "audit-log-truncate-max-event-size=10").take(event("RequestReceived"))).isEqualTo(Taken.FAILED);
    }

    /// Headers as long as they may be.
    private static Struct padded() {
        return Struct.of("kind", "Event", "stage", "ResponseComplete", "requestURI", "/" + "\u0001".repeat(30_000),
                "user", Struct.of("username", "mallory", "extra", Struct.of("k", Seq.of("v".repeat(60_000)))),
                "sourceIPs", Seq.copyOf(Collections.nCopies(100, "10.0.0.1")), "annotations",
                Struct.of("authorization.k8s.io/decision", "allow", "x.io/y", "z".repeat(9_000)));
    }

    @Test
    void whoPadsHisHeadersIsRecordedAllTheSame() {
        backend("audit-log-truncate-enabled=true").take(padded());
        Struct line = Json.object(disk.lines.getFirst().getBytes(StandardCharsets.UTF_8));
        assertThat(line.text("stage")).isEqualTo("ResponseComplete");
        assertThat(line.text("requestURI")).hasSizeLessThan(300).endsWith("...TRUNCATED");
        assertThat(line.struct("user")).isEqualTo(Struct.of("username", "mallory"));
        assertThat(line.seq("sourceIPs").size()).isEqualTo(10);
        assertThat(Json.text(line.struct("annotations"))).isEqualTo(
                "{\"audit.k8s.io/truncated\":\"true\",\"authorization.k8s.io/decision\":\"allow\"}");
        assertThat(metrics.lost()).isZero();
    }

    @Test
    void aBodyThatIsLargerThanAFileIsLeftOut() {
        backend("audit-log-maxsize=1").take(Struct.of("kind", "Event", "stage", "ResponseComplete", "requestObject",
                Struct.of("data", "x".repeat(1 << 20))));
        assertThat(disk.lines).containsExactly("{\"kind\":\"Event\",\"stage\":\"ResponseComplete\",\"annotations\":"
                + "{\"audit.k8s.io/truncated\":\"true\"}}\n");
    }

    private Elsewhere elsewhere() {
        Elsewhere made = new Elsewhere();
        second = made;
        return made;
    }

    @Test
    void eachPlaceGetsEventsInItsFormAndMode() throws InterruptedException {
        Elsewhere elsewhere = elsewhere();
        AuditBackend backend = backend("audit-webhook-config-file=/c", "audit-webhook-batch-max-wait=1h",
                "audit-webhook-truncate-enabled=true", "audit-webhook-truncate-max-event-size=150");
        assertThat(backend.take(event("Panic"))).isEqualTo(Taken.TAKEN);
        assertThat(disk.lines).containsExactly(Json.text(event("Panic")) + "\n");
        assertThat(elsewhere.events).isEmpty();
        backend.drain();
        Waiting.until("the event", () -> !elsewhere.events.isEmpty());
        assertThat(elsewhere.events).containsExactly("{\"stage\":\"Panic\",\"annotations\":"
                + "{\"audit.k8s.io/truncated\":\"true\"}}");
        assertThat(metrics.text()).contains("apiserver_audit_event_total 1\n");
    }

    @Test
    void whatOnePlaceCannotWriteTheOtherGetsAllTheSame() {
        Elsewhere elsewhere = elsewhere();
        AuditBackend backend = backend("audit-log-mode=blocking-strict", "audit-webhook-mode=blocking");
        disk.full = true;
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.FAILED);
        assertThat(elsewhere.events).hasSize(1);
        disk.full = false;
        elsewhere.answer = EventOutput.Written.NO;
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.TAKEN);
        assertThat(disk.lines).hasSize(1);
        assertThat(metrics.text()).contains("apiserver_audit_requests_rejected_total 1\n");
    }

    @Test
    void aStrictPlaceFailsTheRequestWhateverTheOtherDoes() {
        Elsewhere elsewhere = elsewhere();
        AuditBackend backend = backend("audit-webhook-mode=blocking-strict");
        elsewhere.answer = EventOutput.Written.NO;
        assertThat(backend.take(event("RequestReceived"))).isEqualTo(Taken.FAILED);
        assertThat(disk.lines).hasSize(1);
    }

    @Test
    void whatOnePlaceTookIsNotGivenToASuccessor() {
        Elsewhere elsewhere = elsewhere();
        AuditBackend backend = backend("audit-webhook-mode=blocking");
        elsewhere.answer = EventOutput.Written.CLOSED;
        assertThat(backend.take(event("Panic"))).isEqualTo(Taken.TAKEN);
        assertThat(metrics.text()).contains("apiserver_audit_error_total{plugin=\"webhook\"} 1\n");
        backend.close();
        assertThat(backend.take(event("Panic"))).isEqualTo(Taken.CLOSED);
        assertThat(metrics.lost()).isEqualTo(1);
    }

    @Test
    void levelsAreCounted() {
        backend().rule(null, Attributes.path("get", "/"));
        assertThat(metrics.text()).contains("apiserver_audit_level_total{level=\"Request\"} 1\n");
    }

    @Test
    void theLegacyFormatIsOneLineThatNothingBreaks() {
        Struct event = Struct.of("auditID", "id", "stage", "ResponseComplete", "requestURI", "/api\n\"x\"", "verb",
                "get", "user", Struct.of("username", "jane", "groups", List.of("a", "b")), "sourceIPs",
                List.of("10.0.0.1"), "userAgent", "curl\u0001é", "objectRef", Struct.of("namespace", "default"),
                "responseStatus", Struct.of("code", 200), "requestReceivedTimestamp", "2026-01-02T03:04:05.678000Z");
        backend("audit-log-format=legacy").take(event);
        assertThat(disk.lines).containsExactly("2026-01-02T03:04:05.678Z AUDIT: id=\"id\" stage=\"ResponseComplete\" "
                + "ip=\"10.0.0.1\" method=\"get\" user=\"jane\" groups=\"\\\"a\\\",\\\"b\\\"\" as=\"<self>\" "
                + "asgroups=\"<lookup>\" user-agent=\"curl\\x01é\" namespace=\"default\" uri=\"/api\\n\\\"x\\\"\" "
                + "response=\"200\"\n");
    }
}
