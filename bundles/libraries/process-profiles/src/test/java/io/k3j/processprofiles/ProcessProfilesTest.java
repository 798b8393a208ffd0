package io.k3j.processprofiles;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.k3j.edgeapi.Exchange;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the process says of itself, and to whom.
@Timeout(300)
class ProcessProfilesTest {
    @TempDir
    private Path dataDir;
    private ProcessProfiles profiles;

    @BeforeEach
    void begin() {
        profiles = new ProcessProfiles(dataDir);
    }

    private FakeExchange answered(FakeExchange request) throws IOException {
        profiles.serve(request);
        return request;
    }

    private FakeExchange get(String path) throws IOException {
        return answered(Certified.administrator("GET", "/debug/pprof" + path));
    }

    private void nothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(dataDir.resolve("bundles/samples"))) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.startsWith("profile-"));
        }
    }

    @Test
    void isForAdministratorsOnly() throws IOException {
        assertThat(answered(new FakeExchange("GET", "/debug/pprof/")).status()).isEqualTo(401);
        assertThat(answered(new FakeExchange("GET", "/debug/pprof/heap").basic("server", "any")).status())
                .isEqualTo(401);
        FakeExchange node = new FakeExchange("GET", "/debug/pprof/heap")
                .certified(Certified.certificate("system:node:a", "system:nodes"));
        assertThat(answered(node).status()).isEqualTo(403);
        assertThat(get("").answer()).isEqualTo(get("/").answer()).contains("goroutine", "heap", "profile?seconds=30");
    }

    @ParameterizedTest
    @CsvSource({"GET, /debug/pprof/allocs, 404", "POST, /debug/pprof/heap, 405",
            "GET, /debug/pprof/profile?seconds=301, 400"})
    void refusesWhatItHasNot(String method, String path, int status) throws IOException {
        assertThat(answered(Certified.administrator(method, path)).status()).isEqualTo(status);
    }

    @Test
    void showsVirtualThreadsToo() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().name("looked-at").start(() -> {
            begun.countDown();
            try {
                over.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
        FakeExchange dump = get("/goroutine?debug=2");
        over.countDown();
        thread.join();
        assertThat(dump.status()).isEqualTo(200);
        assertThat(dump.answer()).contains("looked-at", "\"main\"");
        nothingIsLeft();
    }

    @Test
    void countsInstancesByClass() throws IOException {
        assertThat(get("/heap").answer()).contains("#instances", "java.lang.String");
        assertThat(get("/heap?gc=1").answer()).contains("#instances", "java.lang.String");
    }

    /// Its time is over as soon as the exchange says that it has ended, which a made-up one says at once.
    @Test
    void recordsWhatRuns() throws IOException {
        FakeExchange recording = get("/profile?seconds=60");
        assertThat(recording.status()).isEqualTo(200);
        assertThat(recording.answered()).containsEntry("content-type", "application/octet-stream");
        assertThat(new String(recording.bytes(), 0, 4, ISO_8859_1)).isEqualTo("FLR\0");
        nothingIsLeft();
    }

    /// Tokens and passwords are in them.
    @Test
    void recordsNoArgumentsAndNoEnvironment() throws IOException {
        Path file = Files.write(dataDir.resolve("k3s.jfr"), get("/profile?seconds=60").bytes());
        assertThat(RecordingFile.readAllEvents(file)).extracting(event -> event.getEventType().getName())
                .contains("jdk.OSInformation").doesNotContain("jdk.InitialEnvironmentVariable",
                        "jdk.InitialSystemProperty", "jdk.JVMInformation", "jdk.SystemProcess");
    }

    /// Without room the recorder would end the process.
    @Test
    void writesNothingToADiskWithoutRoom() throws IOException {
        profiles = new ProcessProfiles(new ProfileFiles(dataDir, () -> 1 << 20));
        assertThat(get("/profile").status()).isEqualTo(503);
        assertThat(get("/goroutine").status()).isEqualTo(503);
        assertThat(dataDir).isEmptyDirectory();
        assertThat(get("/heap").status()).isEqualTo(200);
    }

    @Test
    void aRecordingEndsBeforeTheDiskIsFull() throws IOException {
        AtomicLong left = new AtomicLong(1L << 40);
        profiles = new ProcessProfiles(new ProfileFiles(dataDir, left::get));
        CompletableFuture<Runnable> end = new CompletableFuture<>();
        end.thenRun(() -> left.set(0));
        Exchange held = held(Certified.administrator("GET", "/debug/pprof/profile?seconds=300"), end);
        assertThatIOException().isThrownBy(() -> profiles.serve(held)).withMessageContaining("has no room");
        nothingIsLeft();
    }

    @Test
    void whatAKilledProcessHasLeftGoes() throws IOException {
        Path samples = dataDir.resolve("bundles/samples");
        String own = Long.toString(ProcessHandle.current().pid());
        Path running = Files.createDirectories(samples.resolve("profile-" + own + "-7"));
        Path recorder = Files.createDirectories(samples.resolve("2020_01_01_00_00_00_" + own));
        Path profile = Files.createDirectories(samples.resolve("profile-0-7"));
        Files.writeString(profile.resolve("profile"), "half of one");
        Path repository = Files.createDirectories(samples.resolve("2020_01_01_00_00_00_0"));
        Files.writeString(repository.resolve("a.jfr"), "half of one");
        assertThat(get("/goroutine").status()).isEqualTo(200);
        assertThat(profile).doesNotExist();
        assertThat(repository).doesNotExist();
        assertThat(running).as("of another port").isDirectory();
        assertThat(recorder).as("samples of plug-ins").isDirectory();
    }

    /// The same request of a client that stays until it is told to go.
    private static Exchange held(FakeExchange request, CompletableFuture<Runnable> end) {
        return (Exchange) Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("onEnd")) {
                        end.complete((Runnable) arguments[0]);
                        return null;
                    }
                    return method.invoke(request, arguments);
                });
    }

    @Test
    void makesOneAtATime() throws Exception {
        FakeExchange request = Certified.administrator("GET", "/debug/pprof/profile?seconds=300");
        CompletableFuture<Runnable> end = new CompletableFuture<>();
        Exchange held = held(request, end);
        Thread first = Thread.startVirtualThread(() -> {
            try {
                profiles.serve(held);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Runnable over = end.get(60, TimeUnit.SECONDS);
        FakeExchange second = get("/heap");
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.answered()).containsKey("retry-after");
        over.run();
        first.join();
        assertThat(request.status()).isEqualTo(200);
        assertThat(get("/heap").status()).isEqualTo(200);
    }
}
