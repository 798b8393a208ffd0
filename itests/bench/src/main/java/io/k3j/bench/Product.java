package io.k3j.bench;

import io.k3j.bench.Links.Answer;
import io.k3j.bench.Requests.Call;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The assembled product as a process, and what the kernel says about it.
final class Product implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final long TICK_NANOS = 10_000_000;
    private final K3sProcess process;
    private final long begun;
    private final int port;
    private final Links administrator;

    private Product(K3sProcess process, long begun, int port, Links administrator) {
        this.process = process;
        this.begun = begun;
        this.port = port;
        this.administrator = administrator;
    }

    /// Starts it on a directory and returns as soon as it accepts connections; see [#ready].
    static Product start(Path directory, boolean node) throws IOException, InterruptedException {
        return start(directory, node ? List.of() : List.of("--disable-agent"));
    }

    /// The same with any flags.
    static Product start(Path directory, List<String> flags) throws IOException, InterruptedException {
        Path kubeconfig = directory.resolve("k3s.yaml");
        Files.deleteIfExists(kubeconfig);
        long begun = System.nanoTime();
        K3sProcess process = K3sProcess.server(directory, flags.toArray(String[]::new));
        try {
            process.await("kubeconfig", LIMIT, () -> port(kubeconfig) > 0);
            int port = port(kubeconfig);
            return new Product(process, begun, port, open(Identity.administrator(process.dataDir()), port, 1));
        } catch (IOException | RuntimeException | InterruptedException | AssertionError failed) {
            process.close();
            throw failed;
        }
    }

    /// On a busy machine a handshake may take longer than the server waits for it.
    private static Links open(Identity identity, int port, int count) throws IOException {
        for (long start = System.nanoTime();;) {
            try {
                return Links.open(identity, port, count);
            } catch (IOException refused) {
                if (System.nanoTime() - start > LIMIT.toNanos()) {
                    throw refused;
                }
            }
        }
    }

    private static int port(Path kubeconfig) {
        try {
            String text = Files.exists(kubeconfig) ? Files.readString(kubeconfig) : "";
            int at = text.indexOf("https://127.0.0.1:");
            int end = text.indexOf('\n', at);
            return at < 0 || end < 0 ? 0 : Integer.parseInt(text.substring(at + 18, end).strip());
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /// Waits until `/readyz` says ok.
    /// @return seconds since the process was started
    double ready() throws IOException, InterruptedException {
        return until(Call.get("/readyz"), "ok");
    }

    /// Waits until the one node is Ready.
    /// @return seconds since the process was started
    double nodeReady() throws IOException, InterruptedException {
        return until(Call.get("/api/v1/nodes"), "\"type\":\"Ready\",\"status\":\"True\"");
    }

    private double until(Call call, String text) throws IOException, InterruptedException {
        Answer answer = administrator.ask(call);
        while (answer.status() != 200 || !answer.body().contains(text)) {
            if (System.nanoTime() - begun > LIMIT.toNanos()) {
                throw new IOException(call.path() + " never says " + text + ": " + answer);
            }
            Pauses.millis(10);
            answer = administrator.ask(call);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /// Asks as administrator.
    /// @throws IOException also when the answer is an error
    Answer ask(Call call) throws IOException {
        Answer answer = administrator.ask(call);
        if (answer.status() / 100 != 2) {
            throw new IOException(call.method() + " " + call.path() + ": " + answer);
        }
        return answer;
    }

    /// Gives the role `admin` to the users `bench` and `bench-too`, through RBAC.
    void grant() throws IOException {
        ask(Call.of("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"bench"},
                "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"},
                "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"bench"},
                {"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"bench-too"}]}"""));
    }

    /// Connections of a user; see [#grant].
    Links users(String name, int count) throws IOException {
        return open(Identity.user(process.dataDir(), name), port, count);
    }

    /// CPU time of the process so far.
    long cpuNanos() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
    }

    /// Resident memory in MiB.
    long residentMebibytes() throws IOException {
        return number("status", "VmRSS:") / 1024;
    }

    /// The most that has been resident since [#forgetPeak], in MiB.
    long peakMebibytes() throws IOException {
        return number("status", "VmHWM:") / 1024;
    }

    /// Begins to look for the peak anew.
    void forgetPeak() throws IOException {
        // 5: see https://docs.kernel.org/filesystems/proc.html
        Files.writeString(Path.of("/proc/" + process.pid() + "/clear_refs"), "5");
    }

    /// What lives in its heap.
    long liveBytes() throws IOException, InterruptedException {
        process.jcmd("GC.run");
        return 1024 * behind("used ", process.jcmd("GC.heap_info"));
    }

    /// How large its heap is.
    long heapBytes() throws IOException, InterruptedException {
        return 1024 * behind("committed ", process.jcmd("GC.heap_info"));
    }

    /// How many objects a second it loaded when it was started.
    double loadedPerSecond() throws IOException {
        String loaded = "Loaded objects from the datastore count=";
        String output = process.output();
        String line = output.substring(Math.max(0, output.indexOf(loaded)));
        return behind(loaded, line) * 1e3 / Math.max(1, behind(" millis=", line));
    }

    /// The first number behind a text.
    private static long behind(String text, String all) throws IOException {
        int from = all.indexOf(text) + text.length();
        int to = from;
        while (to < all.length() && Character.isDigit(all.charAt(to))) {
            to++;
        }
        if (from < text.length() || to == from) {
            throw new IOException("no number behind '" + text + "' in " + all);
        }
        return Long.parseLong(all.substring(from, to));
    }

    /// Bytes it caused to be written to disks.
    long writtenBytes() throws IOException {
        return number("io", "write_bytes:");
    }

    private long number(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/" + file))) {
            if (line.startsWith(name)) {
                String value = line.substring(name.length()).strip();
                int unit = value.indexOf(' ');
                return Long.parseLong(unit < 0 ? value : value.substring(0, unit));
            }
        }
        throw new IOException("no " + name + " in " + file);
    }

    /// Stops it in order.
    @Override
    public void close() {
        administrator.close();
        process.close();
    }
}
