package io.k3j.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// The datastore alone: durable creates and updates of 1,100 bytes on a table of 100,000 rows.
///
/// `StoreBench DIRECTORY [clustered|random|both] [CALLERS,…] [SECONDS] [STORE,…]`; the directory's file system is what
/// is measured. PostgreSQL and MariaDB run as servers of their own, in the directory of temporary files, each alone.
/// If Debian's etcd is installed, the same creates are measured against it in the same run, as puts of new keys through
/// eight clear-text HTTP/2 connections. The last column is the CPU time of all that is needed for one operation, and
/// for etcd the server's share of it.
public final class StoreBench {
    private static final int ROWS = 100_000;
    private static final int VALUE_BYTES = 1_100;
    private static final int LIVE = 20_000;
    private final Target target;
    private final Keys keys;
    private final byte[] template = template();
    private final List<Live> live = new ArrayList<>();

    private StoreBench(Target target, boolean clustered) {
        this.target = target;
        keys = new Keys(clustered);
    }

    /// Runs it.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        String distribution = arguments.length > 1 ? arguments[1] : "both";
        int[] callers = Arrays.stream((arguments.length > 2 ? arguments[2] : "1,16,64,256").split(","))
                .mapToInt(Integer::parseInt).toArray();
        int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 4;
        List<String> stores = List.of((arguments.length > 4 ? arguments[4] : "sqlite,etcd").split(","));
        System.out.printf("%-8s %-10s %-7s %7s %9s %9s %9s %9s %8s %8s%n", "store", "keys", "kind", "callers", "per s",
                "p50 us", "p99 us", "max us", "cpu us", "server");
        for (String keys : distribution.equals("both") ? List.of("clustered", "random") : List.of(distribution)) {
            for (String store : stores) {
                delete(directory);
                if (!store.equals("etcd") || Etcd.installed()) {
                    run(open(store, directory), keys, callers, seconds);
                }
            }
        }
        delete(directory);
    }

    private static Target open(String store, Path directory) throws IOException {
        return switch (store) {
            case "sqlite" -> LogTarget.sqlite(directory);
            case "postgres" -> LogTarget.postgres();
            case "mariadb" -> LogTarget.mariadb();
            case "etcd" -> Etcd.start(directory);
            default -> throw new IllegalArgumentException("a store is sqlite, postgres, mariadb or etcd, not " + store);
        };
    }

    private static void run(Target opened, String distribution, int[] callers, int seconds)
            throws IOException, InterruptedException {
        try (Target target = opened) {
            StoreBench bench = new StoreBench(target, distribution.equals("clustered"));
            bench.preload();
            for (String kind : target.canUpdate() ? List.of("create", "update") : List.of("create")) {
                for (int n : callers) {
                    bench.measure(distribution, kind, n, seconds);
                }
            }
        }
    }

    private void preload() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(64);
        for (int t = 0; t < 64; t++) {
            int number = t;
            Thread.ofVirtual().start(() -> {
                Random random = new Random(number);
                for (int i = number; i < ROWS; i += 64) {
                    Live made = create(random);
                    synchronized (live) {
                        if (live.size() < LIVE) {
                            live.add(made);
                        }
                    }
                }
                over.countDown();
            });
        }
        over.await();
    }

    private void measure(String distribution, String kind, int callers, int seconds) throws InterruptedException {
        AtomicBoolean go = new AtomicBoolean(true);
        AtomicBoolean recording = new AtomicBoolean();
        Histogram latencies = new Histogram();
        CountDownLatch over = new CountDownLatch(callers);
        for (int t = 0; t < callers; t++) {
            int number = t;
            Thread.ofVirtual().start(() -> {
                Random random = new Random(number * 31L + callers);
                while (go.get()) {
                    long start = System.nanoTime();
                    if (kind.equals("create")) {
                        create(random);
                    } else {
                        update(number + callers * random.nextInt(live.size() / callers));
                    }
                    if (recording.get()) {
                        latencies.add(System.nanoTime() - start);
                    }
                }
                over.countDown();
            });
        }
        pause(Duration.ofMillis(seconds * 350L));
        long cpu = cpuNanos();
        long server = target.cpuNanos();
        long begin = System.nanoTime();
        recording.set(true);
        pause(Duration.ofSeconds(seconds));
        recording.set(false);
        double took = (System.nanoTime() - begin) / 1e9;
        double serverMicros = (target.cpuNanos() - server) / 1e3;
        double cpuMicros = (cpuNanos() - cpu) / 1e3 + serverMicros;
        go.set(false);
        over.await();
        long count = latencies.count();
        System.out.printf("%-8s %-10s %-7s %7d %9.0f %9.0f %9.0f %9.0f %8.1f %8.1f%n", target.name(), distribution,
                kind, callers, count / took, latencies.micros(0.5), latencies.micros(0.99), latencies.micros(0.999_999),
                cpuMicros / count, serverMicros / count);
    }

    private Live create(Random random) {
        String key = keys.next(random);
        return new Live(key, target.create(key, template.clone()));
    }

    private void update(int index) {
        Live old = live.get(index);
        live.set(index, new Live(old.key, target.update(old.key, old.revision, template.clone())));
    }

    /// About six bits of entropy per byte, as text has.
    private static byte[] template() {
        byte[] bytes = new byte[VALUE_BYTES];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (32 + (bytes[i] & 63));
        }
        return bytes;
    }

    private static void pause(Duration duration) throws InterruptedException {
        new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private record Live(String key, long revision) {
    }
}
