package io.k3j.kubeletdra;

import io.k3j.streaming.GrpcFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What drivers say of the health of their devices, by `v1alpha1.DRAResourceHealth`, which a driver may have. One
/// virtual thread for each driver, until it goes. [#follow] and [#close] are one thread's; what is known may be asked
/// by any.
final class HealthWatches implements AutoCloseable {
    /// Of a device of which nothing is known, or nothing has been said for too long.
    static final String UNKNOWN = "Unknown";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Upstream's `DefaultHealthTimeout`.
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    /// After a driver has said that it tells nothing of the kind; the next one on its socket may.
    private static final Duration LONG_PAUSE = Duration.ofMinutes(5);
    /// Pods are looked at for that so often at most: a driver may say something else each second.
    private static final Duration TELL = Duration.ofSeconds(10);
    /// Of one driver. More are not remembered.
    private static final int MOST_DEVICES = 10_000;
    private final InstantSource monotonic;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Map<DraDriver, Watch> watches = new HashMap<>();
    private final Map<String, Report> reports = new ConcurrentHashMap<>();

    /// When news may be told again.
    private Instant again = Instant.MIN;

    /// What a driver says of one device.
    ///
    /// @param health `Healthy`, `Unhealthy` or `Unknown`
    /// @param timeout how long that holds when nothing is said any more; zero for the usual time
    record Device(String pool, String name, String health, Duration timeout) {
    }

    private record Said(Device device, Instant at) {
        boolean holds(Instant now) {
            Duration limit = device.timeout().isZero() ? TIMEOUT : device.timeout();
            return !now.isAfter(at.plus(limit));
        }
    }

    /// @param by whose end is that of what was said
    private record Report(Watch by, Map<List<String>, Said> devices) {
    }

    private static final class Watch {
        private final Thread thread;
        /// What a driver still says is not heard any more.
        private volatile boolean over;
        /// When another one may begin; null while it lasts.
        private volatile @Nullable Instant again;

        Watch(String driver, Consumer<Watch> run) {
            thread = Thread.ofVirtual().name("dra-health-" + driver).unstarted(() -> run.accept(this));
        }

        void end() {
            over = true;
            thread.interrupt();
        }
    }

    /// @param monotonic how long ago something was said
    HealthWatches(InstantSource monotonic) {
        this.monotonic = monotonic;
    }

    /// Listens to these drivers and to no others.
    ///
    /// @param news called when something else is known than before, each [#TELL] at most
    void follow(Collection<DraDriver> drivers, Runnable news) {
        follow(drivers);
        Instant now = monotonic.instant();
        if (!now.isBefore(again) && changed.getAndSet(false)) {
            again = now.plus(TELL);
            news.run();
        }
    }

    private void follow(Collection<DraDriver> drivers) {
        watches.entrySet().removeIf(one -> {
            boolean gone = !drivers.contains(one.getKey());
            if (gone) {
                one.getValue().end();
            }
            return gone;
        });
        for (DraDriver driver : drivers) {
            Watch known = watches.get(driver);
            Instant next = known == null ? Instant.MIN : known.again;
            if (next != null && !next.isAfter(monotonic.instant())) {
                Watch begun = new Watch(driver.name(), mine -> watch(driver, mine));
                watches.put(driver, begun);
                begun.thread.start();
            }
        }
    }

    private void watch(DraDriver driver, Watch mine) {
        Duration pause = PAUSE;
        try {
            driver.health(message -> report(driver.name(), mine, DraMessages.health(message)));
        } catch (GrpcFailure e) {
            pause = e.code() == GrpcFailure.UNIMPLEMENTED ? LONG_PAUSE : PAUSE;
            LOG.log(System.Logger.Level.DEBUG, "A DRA driver tells of no health any more name={0} error={1}",
                    driver.name(), e.getMessage());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot ask a DRA driver for health name={0} error={1}",
                    driver.name(), e.getMessage());
        } finally {
            // before what it has said goes, or the connection's thread could say it once more
            mine.over = true;
            forget(mine);
            mine.again = monotonic.instant().plus(pause);
        }
    }

    /// Nothing has changed where it has said nothing.
    private void forget(Watch gone) {
        reports.values().removeIf(report -> {
            boolean own = report.by() == gone;
            if (own && !report.devices().isEmpty()) {
                changed.set(true);
            }
            return own;
        });
    }

    /// What is not said again stays for its time.
    private void report(String driver, Watch mine, List<Device> devices) {
        Instant now = monotonic.instant();
        AtomicBoolean other = new AtomicBoolean();
        reports.compute(driver, (name, before) -> {
            if (mine.over) {
                return before;
            }
            Map<List<String>, Said> all = new HashMap<>();
            if (before != null && before.by() == mine) {
                before.devices().forEach((key, said) -> {
                    if (said.holds(now)) {
                        all.put(key, said);
                    }
                });
            }
            devices.stream().limit(MOST_DEVICES).forEach(d -> {
                Said was = all.put(List.of(d.pool(), d.name()), new Said(d, now));
                if (was == null || !was.device().health().equals(d.health())) {
                    other.set(true);
                }
            });
            return all.size() > MOST_DEVICES ? before : new Report(mine, Map.copyOf(all));
        });
        // when it can be seen
        if (other.get()) {
            changed.set(true);
        }
    }

    /// `Healthy`, `Unhealthy` or `Unknown`.
    String of(String driver, String pool, String device) {
        Report report = reports.get(driver);
        Said said = report == null ? null : report.devices().get(List.of(pool, device));
        return said != null && said.holds(monotonic.instant()) ? said.device().health() : UNKNOWN;
    }

    @Override
    public void close() {
        watches.values().forEach(Watch::end);
        watches.clear();
    }
}
