package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.k3j.bench.Table.Floor;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/// Lists of many small objects: by label, in every form, and ten at once; and what the objects weigh.
final class Forms {
    private static final String SPACE = "forms";
    private static final String MAPS = "/api/v1/namespaces/" + SPACE + "/configmaps";
    private static final int GROUPS = 100;
    /// More than one user may have at once.
    private static final int AT_ONCE = 10;
    private static final int DATA_BYTES = 780;
    private static final String META = ";v=v1;g=meta.k8s.io";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final String TABLE = "application/json;as=Table" + META;
    private final Product product;
    private final Links users;
    private final Size size;
    private final Table table;

    Forms(Product product, Links users, Size size, Table table) {
        this.product = product;
        this.users = users;
        this.size = size;
        this.table = table;
    }

    /// Creates them and measures.
    void run() throws IOException, InterruptedException {
        product.ask(Call.of("POST", "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + SPACE + "\"}}"));
        long empty = product.liveBytes();
        create();
        table.value("live heap per stored ConfigMap of 1 KiB", (double) (product.liveBytes() - empty) / size.maps(),
                "B", Floor.atMost(1_600));
        String of = " of " + size.maps() + " ConfigMaps";
        double part = size.maps() / 500_000.0;
        time("LIST of one label value in " + GROUPS + of, Call.get(MAPS + "?labelSelector=group%3Dg7"), 150 * part);
        time("LIST of a label value of its own" + of, Call.get(MAPS + "?labelSelector=id%3Di77"), 20 * part);
        double whole = 200 * size.maps() / 90_000.0;
        time("LIST in JSON" + of, Call.get(MAPS), whole);
        time("LIST in protobuf" + of, Call.get(MAPS, PROTOBUF), whole);
        time("LIST of metadata" + of, Call.get(MAPS, "application/json;as=PartialObjectMetadataList" + META), whole);
        atOnce("JSON", Call.get(MAPS));
        atOnce("protobuf", Call.get(MAPS, PROTOBUF));
        atOnce("pretty", Call.get(MAPS + "?pretty=true"));
        atOnce("Table", Call.get(MAPS, TABLE));
        atOnce("YAML", Call.get(MAPS, "application/yaml"));
        idle();
    }

    private void create() throws IOException, InterruptedException {
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"map-%d\",\"labels\":"
                + "{\"group\":\"g%d\",\"id\":\"i%d\"}},\"data\":{\"v\":\"" + "x".repeat(DATA_BYTES) + "\"}}";
        AtomicLong number = new AtomicLong();
        new Load(product, users, size.inFlight().getLast(), () -> {
            long n = number.incrementAndGet();
            return Call.of("POST", MAPS, map.formatted(n, n % GROUPS, n));
        }, 201).count(size.maps());
    }

    private void time(String name, Call call, double floorMillis) throws IOException {
        Histogram latencies = new Histogram();
        long cpu = 0;
        long bytes = 0;
        for (int i = -size.lists(); i < size.lists(); i++) {
            long server = product.cpuNanos();
            long begin = System.nanoTime();
            long[] read = users.count(call);
            if (i >= 0) {
                latencies.add(System.nanoTime() - begin);
                cpu += product.cpuNanos() - server;
            }
            bytes = read[1];
            table.check(name, read[0] == 200 && bytes > 0, "status " + read[0] + ", " + bytes + " bytes");
        }
        table.value(name, latencies.micros(0.5) / 1_000, "ms", Floor.atMost(floorMillis));
        table.value("  CPU of the server for its " + (bytes >> 10) + " KiB", cpu / 1e6 / size.lists(), "ms",
                Floor.none());
    }

    private void atOnce(String form, Call call) throws IOException, InterruptedException {
        String name = AT_ONCE + " LISTs at once, " + form + ": more resident memory";
        try (Links others = product.users("bench-too", size.connections())) {
            long before = product.residentMebibytes();
            product.forgetPeak();
            Load half = new Load(product, users, AT_ONCE / 2, () -> call, 200);
            Thread rest = Thread.ofVirtual().start(() -> counted(name, new Load(product, others, AT_ONCE / 2,
                    () -> call, 200)));
            counted(name, half);
            rest.join();
            table.value(name, product.peakMebibytes() - before, "MiB", Floor.atMost(256));
        }
    }

    private void counted(String name, Load load) {
        try {
            load.count(AT_ONCE / 2);
        } catch (IOException refused) {
            table.check(name, false, refused.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// Memory is given back by and by when nothing happens.
    private void idle() throws IOException, InterruptedException {
        Pauses.seconds(size.quietSeconds());
        table.value("resident memory afterwards, after " + size.quietSeconds() + " s of rest",
                product.residentMebibytes(), "MiB", Floor.none());
        double heap = product.heapBytes();
        table.value("  heap, as many times what lives", heap / product.liveBytes(), "", Floor.atMost(3));
    }
}
