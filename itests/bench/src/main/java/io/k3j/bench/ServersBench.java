package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.k3j.bench.Table.Floor;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Two servers at one PostgreSQL or MariaDB under load, beside one server on SQLite in the same run: creates, and
/// whether every one of them is told by a watch at each server, once, in order, and how late at the server that
/// did not write it.
///
/// `ServersBench DIRECTORY [full|smoke]`; the distribution is `-Dk3j.dist`. Load, servers and database share the cores.
public final class ServersBench {
    private static final String SPACE = "bench";
    private static final String MAPS = "/api/v1/namespaces/" + SPACE + "/configmaps";
    private static final int CONNECTIONS = 32;
    private static final double LAG_MILLIS = 250;
    private static final double IDLE_SECONDS = 0.5;
    private final Path directory;
    private final Size size;
    private final Table table = new Table(false);
    private volatile boolean watching;

    private ServersBench(Path directory, Size size) {
        this.directory = directory;
        this.size = size;
    }

    /// Runs it.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> wrong = run(Path.of(arguments[0]), Size.of(arguments.length > 1 ? arguments[1] : "full"));
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(String.join("; ", wrong));
        }
    }

    /// Measures everything; a smoke leaves SQLite and MariaDB out.
    /// @return what was wrong, not merely slow
    static List<String> run(Path directory, Size size) throws IOException, InterruptedException {
        ServersBench bench = new ServersBench(directory, size);
        double sqlite = size == Size.SMOKE ? 0 : bench.measured("sqlite", List.of(List.of()), 0, 0);
        try (PostgresServer database = PostgresServer.started()) {
            bench.two("postgresql", database, 50, sqlite);
        }
        if (size != Size.SMOKE) {
            try (MariadbServer database = MariadbServer.started()) {
                bench.two("mariadb", database, 150, sqlite);
            }
        }
        return bench.table.wrong();
    }

    private void two(String name, DatabaseServer database, double idleMillis, double sqlite)
            throws IOException, InterruptedException {
        List<String> flags = List.of("--datastore-endpoint", database.endpoint("kubernetes"), "--token", "bench");
        measured(name, List.of(flags, flags), idleMillis, sqlite / 2);
    }

    private double measured(String name, List<List<String>> flags, double idleMillis, double floor)
            throws IOException, InterruptedException {
        List<Product> products = new ArrayList<>();
        List<Links> users = new ArrayList<>();
        try {
            for (List<String> some : flags) {
                List<String> all = new ArrayList<>(List.of("--disable-agent"));
                all.addAll(some);
                Product product = Product.start(
                        Files.createDirectories(directory.resolve(name + "-" + products.size())), all);
                products.add(product);
                product.ready();
            }
            prepare(products.getFirst());
            for (Product product : products) {
                allowed(product);
            }
            // last of all: a server closes connections on which nothing is asked
            for (Product product : products) {
                users.add(product.users("bench", CONNECTIONS));
            }
            return load(name, users, idleMillis, floor);
        } finally {
            users.forEach(Links::close);
            products.forEach(Product::close);
        }
    }

    private double load(String name, List<Links> users, double idleMillis, double floor)
            throws IOException, InterruptedException {
        Size.Servers servers = size.servers();
        Creates creates = new Creates(users, MAPS, servers.inFlight());
        List<Events> watches = new ArrayList<>();
        watching = true;
        for (Links links : users) {
            watches.add(watch(name, links));
        }
        Creates.Reached reached = creates.run(servers.warmSeconds(), size.seconds());
        table.rate(name + ": creates of 1 KiB, " + servers.inFlight() + " in flight",
                new Load.Reached(reached.perSecond(), reached.latencies(), 0, 0, 0),
                Floor.atLeast(floor, Double.MAX_VALUE));
        table.check(name + ": creates", reached.refused().isEmpty(), "refused " + reached.refused());
        for (Events watch : watches) {
            arrived(name, watch, creates.acknowledged());
        }
        if (users.size() > 1) {
            lag(name, watches, creates.acknowledged(), reached.begin());
            idle(name, watches, creates, idleMillis);
        }
        watching = false;
        return reached.perSecond();
    }

    private Events watch(String name, Links links) throws IOException {
        Links.Answer list = links.ask(Call.get(MAPS + "?limit=1"));
        Events watch = new Events(() -> table.check(name, !watching, "a watch was ended"));
        links.all().getLast().send(Call.get(MAPS + "?watch=true&resourceVersion=" + Events.revision(list.body())),
                watch);
        return watch;
    }

    private void arrived(String name, Events watch, Map<Long, Creates.Acknowledged> acknowledged)
            throws InterruptedException {
        for (int waited = 0; waited < 3_000 && watch.count() < acknowledged.size(); waited++) {
            Pauses.millis(100);
        }
        Set<Long> told = new HashSet<>();
        for (int i = 0; i < watch.count(); i++) {
            told.add(watch.revision(i));
        }
        long missing = acknowledged.keySet().stream().filter(revision -> !told.contains(revision)).count();
        table.check(name + ": watch", missing == 0 && watch.disorder() == 0, missing + " of " + acknowledged.size()
                + " events missing, " + watch.disorder() + " twice or out of order");
        System.out.println("  events in order, none missing: " + (watch.count() - watch.disorder()));
    }

    private void lag(String name, List<Events> watches, Map<Long, Creates.Acknowledged> acknowledged, long warm) {
        Histogram late = new Histogram();
        for (int server = 0; server < watches.size(); server++) {
            Events watch = watches.get(server);
            for (int i = 0; i < watch.count(); i++) {
                Creates.Acknowledged by = acknowledged.get(watch.revision(i));
                if (by != null && by.server() != server && by.at() - warm > 0) {
                    late.add(Math.max(0, watch.time(i) - by.at()));
                }
            }
        }
        table.value(name + ": watch lag at the other server, p99", late.micros(0.99) / 1_000, "ms",
                Floor.atMost(LAG_MILLIS));
        table.value("  median", late.micros(0.5) / 1_000, "ms", Floor.atMost(Double.MAX_VALUE));
    }

    /// From sending a create at the first server until a watch at the second one tells of it.
    private void idle(String name, List<Events> watches, Creates creates, double limit)
            throws IOException, InterruptedException {
        Set<Long> before = new HashSet<>(creates.acknowledged().keySet());
        Events there = watches.get(1);
        for (int i = 0; i < size.servers().changes(); i++) {
            Pauses.seconds(IDLE_SECONDS);
            creates.one(0);
        }
        arrived(name, there, creates.acknowledged());
        Histogram took = new Histogram();
        for (int i = 0; i < there.count(); i++) {
            Creates.Acknowledged by = creates.acknowledged().get(there.revision(i));
            if (by != null && !before.contains(there.revision(i))) {
                took.add(there.time(i) - by.sent());
            }
        }
        table.value(name + ": told at the other server, idle, median", took.micros(0.5) / 1_000, "ms",
                Floor.atMost(limit));
        table.value("  the latest", took.micros(0.999) / 1_000, "ms", Floor.atMost(Double.MAX_VALUE));
    }

    private static void prepare(Product product) throws IOException {
        product.ask(Call.of("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"bench"},
                "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"},
                "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"bench"}]}"""));
        product.ask(Call.of("POST", "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + SPACE + "\"}}"));
    }

    /// Waits until a server knows what the user may do.
    private static void allowed(Product product) throws IOException, InterruptedException {
        try (Links user = product.users("bench", 1)) {
            Links.Answer answer = user.ask(Call.get(MAPS));
            for (int tries = 0; answer.status() != 200 && tries < 3_000; tries++) {
                Pauses.millis(20);
                answer = user.ask(Call.get(MAPS));
            }
            if (answer.status() != 200) {
                throw new IOException("never allowed: " + answer);
            }
        }
    }
}
