package io.k3j.jetcd;

import io.etcd.jetcd.ClientBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The connections of one client and the one thread that reads and writes for them, which is there from the first
/// connection until the end.
final class Lines implements AutoCloseable {
    /// How long the end of connections, and that of the thread, is waited for.
    private static final long END_MILLIS = 1_000;
    private final String name;
    private final UnaryOperator<ClientBuilder> options;
    private final CountDownLatch closed = new CountDownLatch(1);
    /// Those that are to be ended with the client.
    private final Set<Line> open = ConcurrentHashMap.newKeySet();
    private @Nullable EventLoopGroup thread;

    /// @param name of the thread
    /// @param options for each connection, as a header
    Lines(String name, UnaryOperator<ClientBuilder> options) {
        this.name = name;
        this.options = options;
    }

    /// Connects, for so long at most. When all have been closed meanwhile, it is ended again at once.
    ///
    /// @throws IOException saying why there is none
    Line connect(URI endpoint, Optional<EtcdTls.Source> tls, long millis) throws IOException {
        Duration limit = Duration.ofMillis(Math.max(1, millis));
        long deadline = System.nanoTime() + limit.toNanos();
        Line made = Line.to(endpoint, endpoint.getScheme().equals("https") ? context(tls) : null, limit, thread(),
                options);
        open.add(made);
        if (closed()) {
            end(made);
        }
        try {
            made.connect(deadline);
            return made;
        } catch (IOException | RuntimeException e) {
            end(made);
            throw e;
        }
    }

    /// Read anew for each connection, so that a renewed certificate is used.
    private static SSLContext context(Optional<EtcdTls.Source> tls) throws IOException {
        try {
            return tls.isPresent() ? tls.get().context() : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private synchronized EventLoopGroup thread() throws IOException {
        if (closed()) {
            throw new IOException("closed");
        }
        EventLoopGroup one = thread;
        if (one == null) {
            one = new MultiThreadIoEventLoopGroup(1, this::made, NioIoHandler.newFactory());
            thread = one;
        }
        return one;
    }

    private Thread made(Runnable work) {
        Thread made = new FastThreadLocalThread(work, name);
        made.setDaemon(true);
        return made;
    }

    boolean closed() {
        return closed.getCount() == 0;
    }

    /// Ends one, and whatever is under way on it; does not wait.
    void end(Line line) {
        open.remove(line);
        line.close();
    }

    /// Ends it once its time is over, or all end. Does not wait.
    void endLater(Line line, long millis) {
        Thread.ofVirtual().name(name + "-leaving").start(() -> {
            try {
                closed.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end(line);
            }
        });
    }

    /// Ends all and waits until they and the thread are gone, a second each at most.
    @Override
    public void close() {
        EventLoopGroup last = last();
        if (last == null) {
            return;
        }
        List<Line> all = List.copyOf(open);
        all.forEach(this::end);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
        try {
            for (Line line : all) {
                line.awaitEnd(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        last.shutdownGracefully(0, END_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(END_MILLIS);
    }

    private synchronized @Nullable EventLoopGroup last() {
        closed.countDown();
        EventLoopGroup last = thread;
        thread = null;
        return last;
    }
}
