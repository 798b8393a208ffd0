package io.k3j.bench;

import io.k3j.bench.Table.Floor;
import io.k3j.ingress.BareIngress;
import io.k3j.testkitbase.Figure;
import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The ingress beside nginx and HAProxy, each as a process with one thread that serves: requests per second, per second
/// of its CPU time, and latencies, alone and beside idle websockets. The endpoint is an nginx that answers `hello`;
/// load, endpoint and proxy share the cores, so the figure that counts is the CPU time of a request.
///
/// `IngressBench DIRECTORY [full|short|smoke]`; needs `nginx`, and `haproxy` but for a smoke, on the `PATH`.
public final class IngressBench {
    /// Five minutes; it is there at once where nothing else runs.
    private static final int LOOKS = 6_000;
    private static final int LOOK_MILLIS = 50;
    private static final int CONNECTIONS = 64;
    private static final int WEBSOCKETS = 1_000;
    private static final int ISSUE = 13;
    private static final double P99_MILLIS = 5;
    private static final double P99 = 0.99;
    private static final double MILLI = 1_000;
    private static final double TICK_NANOS = 1e7;
    private final Path directory;
    private final Size size;
    private final Table table = new Table(false);
    private final List<Process> started = new ArrayList<>();

    private IngressBench(Path directory, Size size) {
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

    /// Measures everything; a smoke leaves the peers out.
    /// @return what was wrong, not merely slow
    static List<String> run(Path directory, Size size) throws IOException, InterruptedException {
        IngressBench bench = new IngressBench(Files.createDirectories(directory), size);
        try (IdleWebsockets websockets = new IdleWebsockets()) {
            int web = FreePort.next();
            bench.nginx("endpoint", "server { listen 127.0.0.1:" + web + "; location / { return 200 \"hello\"; } }",
                    web);
            double nginx = size == Size.SMOKE ? 0 : bench.nginx(web, websockets);
            if (size != Size.SMOKE) {
                bench.haproxy(web, websockets);
            }
            double ours = bench.ours(web, websockets, nginx);
            if (nginx > 0) {
                new Figure(ISSUE, "ingress: requests per second of CPU time, of nginx'", ours / nginx, "times")
                        .atLeast(2);
            }
        } finally {
            bench.started.forEach(Process::destroy);
        }
        return bench.table.wrong();
    }

    private double nginx(int web, IdleWebsockets websockets) throws IOException, InterruptedException {
        int port = FreePort.next();
        String forward = "proxy_http_version 1.1; proxy_set_header Host $host; "
                + "proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; ";
        Process peer = nginx("nginx", "upstream web { server 127.0.0.1:" + web
                + "; keepalive 64; keepalive_requests 100000000; }\nserver { listen 127.0.0.1:" + port
                + "; server_name web.test; location / { proxy_pass http://web; " + forward
                + "proxy_set_header Connection \"\"; } }\nserver { listen 127.0.0.1:" + port
                + "; server_name ws.test; location / { proxy_pass http://127.0.0.1:" + websockets.port() + "; "
                + forward + "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } }", port);
        return measure("nginx", peer, port, websockets, 0);
    }

    private Process nginx(String name, String servers, int port) throws IOException, InterruptedException {
        Path prefix = Files.createDirectories(directory.resolve(name));
        Path file = Files.writeString(prefix.resolve("nginx.conf"), "daemon off;\nmaster_process off;\npid " + prefix
                + "/pid;\nerror_log stderr;\nevents { worker_connections 8192; }\nhttp {\naccess_log off;\n"
                + "keepalive_requests 100000000;\nclient_body_temp_path " + prefix + "/b;\nproxy_temp_path " + prefix
                + "/p;\nfastcgi_temp_path " + prefix + "/f;\nuwsgi_temp_path " + prefix + "/u;\nscgi_temp_path "
                + prefix + "/s;\n" + servers + "\n}\n");
        return start(name, port, "nginx", "-e", "stderr", "-p", prefix.toString(), "-c", file.toString());
    }

    private void haproxy(int web, IdleWebsockets websockets) throws IOException, InterruptedException {
        int port = FreePort.next();
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), "global\n nbthread 1\n maxconn 8192\ndefaults\n"
                + " mode http\n option forwardfor\n http-reuse always\n timeout connect 3s\n timeout client 1h\n"
                + " timeout server 1h\n timeout tunnel 1h\nfrontend f\n bind 127.0.0.1:" + port
                + "\n use_backend ws if { hdr(host) -i ws.test }\n use_backend web if { hdr(host) -i web.test }\n"
                + "backend web\n server s 127.0.0.1:" + web + "\nbackend ws\n server s 127.0.0.1:" + websockets.port()
                + "\n");
        measure("haproxy", start("haproxy", port, "haproxy", "-db", "-f", file.toString()), port, websockets, 0);
    }

    private double ours(int web, IdleWebsockets websockets, double nginx) throws IOException, InterruptedException {
        int port = FreePort.next();
        // as the product starts, or other code is measured: below 512 MiB of heap Netty's allocator has no magazines of
        // a thread's own; the heap at rest and the young generation are those of a process this small
        Process own = start("ingress", port, Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m", "-Xmx640m", "-Xmn42m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), BareIngress.class.getName(), Integer.toString(port),
                Integer.toString(web), Integer.toString(websockets.port()));
        return measure("ingress", own, port, websockets, nginx);
    }

    /// @param floor requests per second of CPU time
    /// @return requests per second of CPU time
    private double measure(String name, Process process, int port, IdleWebsockets websockets, double floor)
            throws IOException, InterruptedException {
        double alone = load(name + ": " + CONNECTIONS + " connections", process, port);
        table.value(name + ": requests per second of CPU time", alone, "/s", Floor.atLeast(floor, Double.MAX_VALUE));
        int open = size == Size.SMOKE ? WEBSOCKETS / 100 : WEBSOCKETS;
        websockets.open(port, open);
        load(name + ": beside " + open + " idle websockets", process, port);
        websockets.end();
        return alone;
    }

    private double load(String name, Process process, int port) throws IOException, InterruptedException {
        try (HttpLoad load = new HttpLoad("web.test")) {
            Load.Reached reached = load.run(port, size == Size.SMOKE ? size.connections() : CONNECTIONS,
                    size.warmSeconds(), size.seconds(), () -> cpuNanos(process));
            table.rate(name, reached, Floor.atLeast(0, P99_MILLIS));
            if (size != Size.SMOKE) {
                p99(new Figure(ISSUE, name + ": p99", reached.latencies().micros(P99) / MILLI, "ms"));
            }
            return reached.serverMicros() == 0 ? 0 : 1e6 / reached.serverMicros();
        }
    }

    /// That of the peers has no limit.
    private static void p99(Figure figure) {
        if (figure.what().startsWith("ingress")) {
            figure.atMost(P99_MILLIS);
        } else {
            figure.alone();
        }
    }

    private static long cpuNanos(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (long) ((Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS);
    }

    private Process start(String name, int port, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile()).start();
        started.add(process);
        for (int tries = 0; process.isAlive() && tries < LOOKS; tries++) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return process;
            } catch (IOException notYet) {
                Pauses.millis(LOOK_MILLIS);
            }
        }
        throw new IOException(name + " does not listen: " + Files.readString(directory.resolve(name + ".log")));
    }
}
