package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.k3j.bench.Table.Floor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The assembled product under load, printed as a table with the floors it is to keep.
///
/// `ApiBench DIRECTORY [full|short|smoke] [node]`; the distribution is `-Dk3j.dist`. The load comes from this process
/// on the same cores: HTTP/2 over TLS, with the client certificate of a user who has the role `admin` through RBAC.
/// With `node` (as root, with containerd) the starts are measured until the node is Ready, too. To work on one number:
/// `-Dk3j.bench.only=watches`, or more of `store,starts,pods,creates,lists,forms,watches,idle` (`creates` with the
/// reads).
public final class ApiBench {
    private static final String SPACE = "bench";
    private static final String MAPS = "/api/v1/namespaces/" + SPACE + "/configmaps";
    /// How often a start is measured; the median counts.
    private static final int STARTS = 3;
    private static final int PODS = 30;
    private static final int MAP_BYTES = 1_024;
    private static final int POD_BYTES = 2_700;
    /// What a stored pod with an empty annotation weighs.
    private static final int PLAIN_POD_BYTES = 2_370;
    private static final int EVENT_BYTES = 1_700;
    private final Path directory;
    private final Size size;
    private final boolean node;
    private final Table table;
    private final AtomicLong names = new AtomicLong();

    private ApiBench(Path directory, Size size, boolean node) {
        this.directory = directory;
        this.size = size;
        this.node = node;
        this.table = new Table(size == Size.FULL);
    }

    /// Runs it; with a size other than `smoke`, the datastore alone and its peer are measured first.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        String size = arguments.length > 1 ? arguments[1] : "full";
        if (!size.equals("smoke") && wanted("store")) {
            StoreBench.main(new String[] {directory.resolve("store").toString(), "clustered", "64,256", "3"});
        }
        boolean node = arguments.length > 2 && arguments[2].equals("node");
        List<String> wrong = run(directory.resolve("server"), Size.of(size), node);
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(String.join("; ", wrong));
        }
    }

    /// Measures everything.
    /// @return what was wrong, not merely slow
    static List<String> run(Path directory, Size size, boolean node) throws IOException, InterruptedException {
        delete(directory);
        Files.createDirectories(directory);
        ApiBench bench = new ApiBench(directory, size, node);
        bench.all();
        delete(directory);
        return bench.table.wrong();
    }

    private void all() throws IOException, InterruptedException {
        if (wanted("starts")) {
            starts(size == Size.SMOKE ? 1 : STARTS);
        }
        if (node && wanted("pods")) {
            pods(size == Size.SMOKE ? 1 : PODS);
        }
        if (wanted("creates") || wanted("lists") || wanted("forms") || wanted("watches")) {
            load();
        }
        if (wanted("forms")) {
            loading();
        }
        delete(directory);
        Files.createDirectories(directory);
        if (wanted("idle")) {
            idle();
        }
    }

    private static boolean wanted(String phase) {
        String only = System.getProperty("k3j.bench.only", "");
        return only.isEmpty() || List.of(only.split(",")).contains(phase);
    }

    private void load() throws IOException, InterruptedException {
        try (Product product = Product.start(directory, false)) {
            product.ready();
            prepare(product);
            try (Links users = product.users("bench", size.connections())) {
                if (wanted("creates")) {
                    creates(product, users);
                    reads(product, users);
                }
                if (wanted("lists")) {
                    lists(product, users);
                }
                if (wanted("forms")) {
                    new Forms(product, users, size, table).run();
                }
                if (wanted("watches")) {
                    watches(product, users);
                }
            }
        }
    }

    /// How fast a server that is started again takes over what is stored.
    private void loading() throws IOException, InterruptedException {
        try (Product product = Product.start(directory, false)) {
            product.ready();
            table.value("objects loaded at a start, a second", product.loadedPerSecond(), "",
                    size == Size.SMOKE ? Floor.none() : Floor.atLeast(100_000, Double.MAX_VALUE));
        }
    }

    /// First and second starts, `count` of each, after one that is not measured: it warms this process, which asks.
    private void starts(int count) throws IOException, InterruptedException {
        List<List<Double>> seconds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
                new ArrayList<>());
        for (int i = size == Size.SMOKE ? 0 : -1; i < count; i++) {
            Path place = Files.createDirectories(directory.resolve("start" + i));
            for (int again = 0; again < 2; again++) {
                try (Product product = Product.start(place, node)) {
                    double ready = product.ready();
                    double nodeReady = node ? product.nodeReady() : 0;
                    if (i >= 0) {
                        seconds.get(again).add(ready);
                        seconds.get(again + 2).add(nodeReady);
                    }
                }
            }
            delete(place);
        }
        table.value("first start to /readyz", median(seconds.get(0)), "s", Floor.atMost(3));
        table.value("second start to /readyz", median(seconds.get(1)), "s", Floor.atMost(1.5));
        if (node) {
            table.value("first start to node Ready", median(seconds.get(2)), "s", Floor.atMost(6));
            table.value("second start to node Ready", median(seconds.get(3)), "s", Floor.atMost(3));
        }
    }

    private void pods(int count) throws IOException, InterruptedException {
        Path place = Files.createDirectories(directory.resolve("pods"));
        try (Product product = Product.start(place, true)) {
            product.nodeReady();
            prepare(product);
            PodStarts starts = new PodStarts(product);
            starts.run(count);
            table.value("pod created to running, median of " + count, starts.pods(), "ms",
                    Floor.atMost(starts.bare() + 150));
            table.value("  containerd asked directly, in turns", starts.bare(), "ms", Floor.none());
        }
        delete(place);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void prepare(Product product) throws IOException, InterruptedException {
        product.grant();
        product.ask(Call.of("POST", "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + SPACE + "\"}}"));
        // pods need their service account, which a controller makes
        for (int tries = 0; !product.ask(Call.get("/api/v1/namespaces/" + SPACE + "/serviceaccounts")).body()
                .contains("\"default\"") && tries < 500; tries++) {
            Pauses.millis(20);
        }
    }

    private Supplier<Call> creating() {
        String data = "\"},\"data\":{\"v\":\"" + "x".repeat(MAP_BYTES - 120) + "\"}}";
        String head = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"map-";
        return () -> Call.of("POST", MAPS, head + names.incrementAndGet() + data);
    }

    private void creates(Product product, Links users) throws IOException, InterruptedException {
        double[] floors = {6_000, 8_000};
        double[] p99s = {20, 60};
        for (int i = 0; i < size.inFlight().size(); i++) {
            int inFlight = size.inFlight().get(i);
            Load.Reached reached = new Load(product, users, inFlight, creating(), 201)
                    .run(i == 0 ? size.warmSeconds() : size.seconds() / 2, size.seconds());
            table.rate("durable creates of 1 KiB, " + inFlight + " in flight", reached,
                    Floor.atLeast(floors[i], p99s[i]));
        }
    }

    private void reads(Product product, Links users) throws IOException, InterruptedException {
        int inFlight = size.inFlight().getLast();
        Call get = Call.get(MAPS + "/map-1");
        table.rate("GET of 1 KiB, " + inFlight + " in flight",
                new Load(product, users, inFlight, () -> get, 200).run(size.warmSeconds(), size.seconds()),
                Floor.atLeast(60_000, Double.MAX_VALUE));
    }

    private void lists(Product product, Links users) throws IOException, InterruptedException {
        String path = "/api/v1/namespaces/" + SPACE + "/pods";
        // a scheduler of that name does not exist, so nobody touches the pods
        String pod = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"pod-%d\",\"annotations\":"
                + "{\"p\":\""
                + "x".repeat(POD_BYTES - PLAIN_POD_BYTES)
                + "\"}},\"spec\":{\"schedulerName\":\"bench\",\"containers\":[{\"name\":"
                + "\"c\",\"image\":\"bench\"}]}}";
        AtomicLong number = new AtomicLong();
        new Load(product, users, Math.min(size.pods(), size.inFlight().getLast()),
                () -> Call.of("POST", path, pod.formatted(number.incrementAndGet())), 201).count(size.pods());
        int bytes = product.ask(Call.get(path)).body().length();
        Histogram latencies = new Histogram();
        long cpu = 0;
        for (int i = -size.lists(); i < size.lists(); i++) {
            long server = product.cpuNanos();
            long begin = System.nanoTime();
            long[] read = users.count(Call.get(path));
            if (i >= 0) {
                latencies.add(System.nanoTime() - begin);
                cpu += product.cpuNanos() - server;
            }
            table.check("LIST", read[0] == 200 && Math.abs(read[1] - bytes) < 100, "status " + read[0] + ", "
                    + read[1] + " bytes instead of " + bytes);
        }
        table.value("LIST of " + size.pods() + " pods of " + bytes / size.pods() + " B, median",
                latencies.micros(0.5) / 1_000, "ms", Floor.atMost(200));
        table.value("  CPU of the server for it", cpu / 1e6 / size.lists(), "ms", Floor.none());
    }

    private void watches(Product product, Links users) throws IOException, InterruptedException {
        product.ask(Call.of("POST", "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"watched\"}}"));
        try (Links writer = product.users("bench", 1)) {
            Fanout fanout = new Fanout("watched", users, writer, EVENT_BYTES);
            fanout.open(size.watches());
            Pauses.seconds(1);
            long server = product.cpuNanos();
            long client = Load.own();
            Fanout.Result result = fanout.run(size.changesPerSecond(), size.warmSeconds(), size.seconds());
            double events = Math.max(1, result.events());
            table.fanout(size.watches() + " watches, " + size.changesPerSecond() + " changes/s of 2 KB", result,
                    Floor.atLeast(0, 50), new Table.Cost((product.cpuNanos() - server) / 1e3 / events,
                            (Load.own() - client) / 1e3 / events));
        }
    }

    private void idle() throws IOException, InterruptedException {
        try (Product product = Product.start(directory, node)) {
            product.ready();
            Pauses.seconds(size.quietSeconds());
            long cpu = product.cpuNanos();
            long begin = System.nanoTime();
            int writing = 0;
            int seconds = (int) Math.max(1, size.idleSeconds());
            long written = product.writtenBytes();
            for (int i = 0; i < seconds; i++) {
                Pauses.seconds(1);
                long now = product.writtenBytes();
                writing += now > written ? 1 : 0;
                written = now;
            }
            double share = (product.cpuNanos() - cpu) * 100.0 / (System.nanoTime() - begin);
            table.value("idle: resident memory", product.residentMebibytes(), "MiB", Floor.atMost(300));
            table.value("idle: CPU of one core", share, "%", Floor.atMost(1));
            table.value("idle: part of seconds with a disk write", (double) writing / seconds, "", Floor.atMost(1));
        }
    }

    /// With it goes the containerd that a stopped server leaves running there: the next one is to start its own.
    static void delete(Path directory) throws IOException {
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("--config " + directory))
                .forEach(containerd -> {
                    containerd.destroyForcibly();
                    containerd.onExit().join();
                });
        if (Files.exists(directory)) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
