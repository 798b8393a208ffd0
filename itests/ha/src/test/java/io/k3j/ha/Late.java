package io.k3j.ha;

import io.k3j.testkitmachine.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A program on a machine that hands on what is sent to members of etcd on other machines, and what they answer, 75±50 ms
/// later, in its order. A kernel with `netem` would do.
final class Late {
    private static final int PEER = 2380;
    private static final int BASE = 12_000;
    private static final int GROUP = 65_534;
    private static final int LEAST_MILLIS = 25;
    private static final int MOST_MILLIS = 125;

    private Late() {
    }

    /// Sends what this host has to say to members of etcd at these last octets through such a program.
    static void on(Host host, int... octets) throws IOException, InterruptedException {
        StringBuilder rules = new StringBuilder("add table ip late; add chain ip late out "
                + "{ type nat hook output priority -100; }");
        for (int octet : octets) {
            rules.append("; add rule ip late out ip daddr 10.10.10.").append(octet).append(" tcp dport ").append(PEER)
                    .append(" meta skgid != ").append(GROUP).append(" redirect to :").append(BASE + octet);
        }
        String classes = Late.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        String words = String.join(" ", Arrays.stream(octets).mapToObj(Integer::toString).toList());
        host.start("exec setpriv --regid=" + GROUP + " --clear-groups " + System.getProperty("java.home")
                + "/bin/java -Xmx64m -cp " + classes + " " + Late.class.getName() + " " + words);
        for (int octet : octets) {
            Waiting.until("proxy", Duration.ofSeconds(30),
                    () -> host.run("ss -Htln sport = :" + (BASE + octet)).text().contains("LISTEN"), host::story);
        }
        host.must("nft '" + rules + "'");
    }

    /// Hands on to the machines with these last octets.
    public static void main(String... octets) throws Exception {
        Thread last = Thread.currentThread();
        for (String octet : octets) {
            last = Thread.ofPlatform().start(() -> accept(Integer.parseInt(octet)));
        }
        last.join();
    }

    private static void accept(int octet) {
        try (ServerSocket socket = new ServerSocket(BASE + octet)) {
            while (true) {
                Socket from = socket.accept();
                Thread.startVirtualThread(() -> join(from, octet));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Socket from, int octet) {
        Socket to = new Socket();
        try {
            to.connect(new InetSocketAddress("10.10.10." + octet, PEER), 2_000);
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
            new Way(from, to).begin();
            new Way(to, from).begin();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One direction.
    private record Way(Socket from, Socket to, BlockingQueue<Packet> late) {
        Way(Socket from, Socket to) {
            this(from, to, new LinkedBlockingQueue<>(10_000));
        }

        /// Bytes and when they are due; null is the end.
        private record Packet(byte @Nullable [] bytes, long due) {
        }

        void begin() {
            Thread.startVirtualThread(this::take);
            Thread.startVirtualThread(this::give);
        }

        private void take() {
            byte[] buffer = new byte[64 * 1024];
            long due = System.nanoTime();
            try (InputStream in = from.getInputStream()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    long late = ThreadLocalRandom.current().nextLong(LEAST_MILLIS, MOST_MILLIS + 1);
                    long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(late);
                    due = Math.max(due, next);
                    this.late.put(new Packet(Arrays.copyOf(buffer, n), due));
                }
            } catch (IOException | InterruptedException e) {
                due = System.nanoTime();
            }
            this.late.add(new Packet(null, due));
        }

        private void give() {
            try (OutputStream out = to.getOutputStream()) {
                for (Packet next = late.take(); next.bytes != null; next = late.take()) {
                    for (long left = next.due - System.nanoTime(); left > 0; left = next.due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    out.write(next.bytes);
                }
            } catch (IOException | InterruptedException e) {
                close(from);
            }
            close(to);
        }
    }
}
