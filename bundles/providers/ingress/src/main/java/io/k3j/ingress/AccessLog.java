package io.k3j.ingress;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A line for each request, while the logger `io.k3j.ingress.access` takes DEBUG (`--vmodule=ingress=4`), or when
/// it is wanted: at most
/// [#PER_SECOND] a second. Any thread.
final class AccessLog {
    static final int PER_SECOND = 1000;
    private static final System.Logger LOG = System.getLogger("io.k3j.ingress.access");
    private final AtomicLong second = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private volatile boolean wanted;

    /// Writes for who has not raised the logger too, from now on or no more.
    void want(boolean now) {
        wanted = now;
    }

    /// Whether a line would be written: what only lines need is not put together otherwise.
    boolean wanted() {
        return LOG.isLoggable(level());
    }

    private Level level() {
        return wanted ? Level.INFO : Level.DEBUG;
    }

    /// @param endpoint empty when there was none
    /// @param error empty when all went well
    void write(RequestFacts facts, int status, String endpoint, String error) {
        Level level = level();
        if (LOG.isLoggable(level) && taken()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - facts.begun());
            LOG.log(level, "Request client={0} entryPoint={1} host={2} method={3} path={4} protocol={5} "
                    + "status={6} milliseconds={7} endpoint={8} agent={9} error={10}", facts.address(),
                    facts.entryPoint().label(), facts.target().host(), facts.method(), plain(facts.target().origin()),
                    facts.version(), Integer.toString(status), Long.toString(millis), endpoint, plain(facts.agent()),
                    error);
        }
    }

    private boolean taken() {
        long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        if (second.getAndSet(now) != now) {
            written.set(0);
        }
        return written.incrementAndGet() <= PER_SECOND;
    }

    /// Without line ends, quotes and more than 200 characters: a client must not be able to write lines of its own.
    private static String plain(String text) {
        String cut = text.length() > 200 ? text.substring(0, 200) : text;
        StringBuilder safe = new StringBuilder("\"");
        cut.chars().forEach(c -> safe.append(c < ' ' || c == '"' || c > '~' ? '?' : (char) c));
        return safe.append('"').toString();
    }
}
