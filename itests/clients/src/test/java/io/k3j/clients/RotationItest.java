package io.k3j.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clients.Client.Seen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates of a running server are rotated while the Java clients work: no call of theirs fails, their informers
/// miss nothing, and who comes anew is let in by what is in the kubeconfig then.
class RotationItest {
    private static final int ROTATIONS = 2;
    private static final int CALLS = 10;
    private static final int PAUSE_MILLIS = 50;
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String PREFIX = "turning-";

    @TempDir
    static Path dir;

    private final Map<String, List<String>> written = new ConcurrentSkipListMap<>();
    private final CountDownLatch over = new CountDownLatch(1);

    /// One client at work, and what its informer saw.
    private final class Worker {
        private final Client client;
        private final Recorder recorder = new Recorder(PREFIX);
        private final AutoCloseable informer;
        private final Semaphore done = new Semaphore(0);

        Worker(Client client) throws Exception {
            this.client = client;
            informer = client.inform(recorder);
        }

        /// Writes and reads until it is over; whatever fails ends it.
        Integer work() throws Exception {
            int turn = 0;
            for (; !over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); turn++) {
                String name = PREFIX + client + "-" + turn;
                Seen created = client.create(name, Map.of("a", "1"));
                Seen replaced = client.replace(name, Map.of("a", "2"));
                written.put(name, List.of("ADDED " + created.resourceVersion(),
                        "MODIFIED " + replaced.resourceVersion()));
                assertThat(client.get(name)).isEqualTo(replaced);
                assertThat(client.list()).contains(name);
                done.release();
            }
            return turn;
        }

        /// Waits until it has done some more.
        void more(Future<Integer> work) throws Exception {
            done.drainPermits();
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!done.tryAcquire(CALLS, 1, TimeUnit.SECONDS)) {
                assertThat(work).as("calls of " + client).isNotDone();
                assertThat(System.nanoTime()).as("end of the wait for calls of " + client).isLessThan(end);
            }
        }

        /// Its informer has seen each write of everybody once and in order.
        void sawAll(Control server) throws InterruptedException {
            int events = written.values().stream().mapToInt(List::size).sum();
            recorder.await(LIMIT, seen -> seen.size() >= events);
            assertThat(recorder.sequences()).as("what the informer of %s saw\n%s", client, server.tail())
                    .isEqualTo(written);
        }

        void end() throws Exception {
            informer.close();
            client.close();
        }
    }

    @Test
    void noCallFailsAndNoEventIsLost() throws Exception {
        try (Control server = new Control(dir)) {
            Client fabric8 = new Fabric8(server.kubeconfig());
            fabric8.createNamespace();
            Worker one = new Worker(fabric8);
            Worker two = new Worker(new Official(server.kubeconfig()));
            try {
                String first = PREFIX + "begin";
                written.put(first, List.of("ADDED " + fabric8.create(first, Map.of()).resourceVersion()));
                // from here on both follow
                one.sawAll(server);
                two.sawAll(server);
                int turns = rotate(server, List.of(one, two));
                one.sawAll(server);
                two.sawAll(server);
                System.out.println(ROTATIONS + " rotations beside " + turns + " turns of five calls");
            } finally {
                one.end();
                two.end();
            }
        }
    }

    private int rotate(Control server, List<Worker> workers) throws Exception {
        AtomicInteger turns = new AtomicInteger();
        List<Future<Integer>> works = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            workers.forEach(worker -> works.add(threads.submit(worker::work)));
            try {
                for (int i = 0; i < ROTATIONS; i++) {
                    more(workers, works);
                    String before = Files.readString(server.kubeconfig());
                    server.rotateCertificates();
                    assertThat(Files.readString(server.kubeconfig())).isNotEqualTo(before);
                    try (Client fresh = new Fabric8(server.kubeconfig())) {
                        assertThat(fresh.list()).isNotEmpty();
                    }
                }
                more(workers, works);
            } finally {
                over.countDown();
            }
            for (Future<Integer> work : works) {
                turns.addAndGet(work.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
            }
        }
        return turns.get();
    }

    private static void more(List<Worker> workers, List<Future<Integer>> works) throws Exception {
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).more(works.get(i));
        }
    }
}
