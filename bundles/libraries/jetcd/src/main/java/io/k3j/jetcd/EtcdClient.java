package io.k3j.jetcd;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Calls to a cluster over one connection, which is made when it is needed and moved to the next endpoint after it
/// has failed.
///
/// **Threads.** Any; every call blocks its caller. Calls go out at once, they do not wait for each other. One thread of
/// its own reads and writes for all, from the first call until [#close].
///
/// **Failure.** [EtcdFailure]. Nothing is sent twice: anyone who calls decides. When nothing at all was answered
/// while a call waited in vain, the connection is ended, because a member that is cut off from its peers or hangs
/// looks just like that. When others were answered it is slow, and stays: leaving it would break all that is under
/// way.
public final class EtcdClient implements AutoCloseable {
    /// How long one attempt to connect to one endpoint takes at most. So one member that says nothing does not use
    /// up the time of a call, and the next ones are tried.
    private static final int CONNECT_MILLIS = 1_000;
    /// How long a connection that was left may finish what is under way.
    private static final long LEAVE_MILLIS = 10_000;
    private volatile EtcdEndpoints endpoints;
    /// Held while a connection is made: those who come meanwhile take the same one. Guards [#next].
    private final ReentrantLock dialing = new ReentrantLock();
    private final Lines lines;
    private final int connectMillis;
    /// The connection in use; it may have broken since.
    private volatile @Nullable Line current;
    /// Ended for a call that failed on it, maybe without having been passed over yet.
    private volatile @Nullable Line abandoned;
    /// The place of the endpoint to try next, counted on without end.
    private int next;
    private volatile int moves;
    /// When anything was answered last, by `System.nanoTime`.
    private volatile long answered = System.nanoTime();

    private EtcdClient(EtcdEndpoints endpoints, Lines lines, int connectMillis) {
        this.endpoints = endpoints;
        this.lines = lines;
        this.connectMillis = connectMillis;
    }

    /// A client that has no connection yet. Its calls fail at once at a member that knows no leader.
    ///
    /// @param name for its threads
    public static EtcdClient of(EtcdEndpoints endpoints, String name) {
        return of(endpoints, name, CONNECT_MILLIS);
    }

    /// The same for tests, on machines on which one attempt to connect may take longer.
    static EtcdClient of(EtcdEndpoints endpoints, String name, int connectMillis) {
        // a member without a leader refuses at once instead of letting calls wait
        return new EtcdClient(endpoints, new Lines(name, all -> all.header("hasleader", "true")), connectMillis);
    }

    /// A client whose calls are answered also by a member that has no leader: for status and members.
    ///
    /// @param name for its threads
    public static EtcdClient evenWithoutLeader(EtcdEndpoints endpoints, String name) {
        return new EtcdClient(endpoints, new Lines(name, UnaryOperator.identity()), CONNECT_MILLIS);
    }

    /// How many endpoints there are to go to.
    public int size() {
        return endpoints.all().size();
    }

    /// From now on goes to these when it makes a connection; the one in use stays as long as it answers. Any
    /// thread.
    ///
    /// @param all at least one; TLS to them is as before
    public void follow(List<URI> all) {
        endpoints = new EtcdEndpoints(all, endpoints.tls());
    }

    /// Where its connection leads; empty when it has none.
    public Optional<URI> at() {
        Line now = current;
        return now != null && now.open() ? Optional.of(now.endpoint()) : Optional.empty();
    }

    /// How often it has been moved by [#moveTo]. Who has a stream open opens it again when this number has changed.
    public int moves() {
        return moves;
    }

    /// Makes its calls at one of its endpoints from now on, when that takes a connection. What is under way on the
    /// connection before has ten seconds to end. Blocks for the attempt to connect.
    /// @param endpoint one of its endpoints
    /// @throws EtcdFailure when it takes none; the connection before stays
    public void moveTo(URI endpoint) {
        dialing.lock();
        try {
            Line before = current;
            current = lines.connect(endpoint, endpoints.tls(), connectMillis);
            next = Math.max(0, endpoints.all().indexOf(endpoint));
            moves++;
            if (before != null) {
                lines.endLater(before, LEAVE_MILLIS);
            }
        } catch (IOException e) {
            throw unreachable(endpoint.getAuthority() + ": " + e.getMessage());
        } finally {
            dialing.unlock();
        }
    }

    /// Ends its connection, when that leads to none of its endpoints any more.
    public void leaveStrangers() {
        Line now = current;
        if (now != null && !endpoints.all().contains(now.endpoint())) {
            abandon(now, TimeUnit.MILLISECONDS.toNanos(connectMillis));
        }
    }

    /// One request, one answer, sent once. The time is one for connecting and for the answer.
    ///
    /// @param stub of the service that is called
    /// @param request the one call to make with it
    /// @throws EtcdFailure of every kind; what is under way when the connection is ended is `UNCERTAIN`
    <S extends AbstractBlockingStub<S>, T> T call(Function<Channel, S> stub, Function<S, T> request,
            Duration timeout) {
        long begun = System.nanoTime();
        Line line = line(timeout);
        try {
            T answer = request.apply(stub.apply(line.channel()).withDeadlineAfter(
                    Math.max(1_000_000, begun + timeout.toNanos() - System.nanoTime()), TimeUnit.NANOSECONDS));
            answered = System.nanoTime();
            return answer;
        } catch (StatusRuntimeException e) {
            EtcdFailure failure = EtcdFailures.of(e);
            boolean late = late(e.getStatus().getCode(), begun + timeout.toNanos());
            if (failure.kind() == EtcdFailure.Kind.UNREACHABLE || late && answered - begun <= 0
                    || size() > 1 && EtcdFailures.learner(failure)) {
                abandon(line, begun + timeout.toNanos() - System.nanoTime());
            }
            throw !late ? failure
                    : new EtcdFailure(EtcdFailure.Kind.UNCERTAIN,
                            "etcd at " + line.endpoint().getAuthority() + " did not answer in time");
        }
    }

    /// Whether nobody answered in time. A member knows the deadline too, and cancels the call at it: that may be read
    /// before the own deadline is noticed.
    static boolean late(Status.Code code, long deadline) {
        return code == Status.Code.DEADLINE_EXCEEDED
                || code == Status.Code.CANCELLED && deadline - System.nanoTime() <= 0;
    }

    /// For a call in which both sides send. Others use the same connection; when it ends, so does the call.
    ///
    /// @throws EtcdFailure of kind `UNREACHABLE` when there is none in time
    Channel channel(Duration timeout) {
        return line(timeout).channel();
    }

    /// A call on a connection of its own, so that one who reads slowly hinders nobody else. Without a deadline: it
    /// takes as long as the receiver takes. The connection is ended afterwards, whatever came of it.
    ///
    /// @throws EtcdFailure as [#call]
    void alone(Consumer<Channel> call) {
        Line own = own();
        try {
            call.accept(own.channel());
        } catch (StatusRuntimeException e) {
            throw EtcdFailures.of(e);
        } finally {
            lines.end(own);
        }
    }

    /// A connection beside the one in use. Dialed alone, too: the place of the next endpoint is counted under the lock.
    private Line own() {
        dialing.lock();
        try {
            return dial((long) connectMillis * size());
        } finally {
            dialing.unlock();
        }
    }

    /// The connection in use when it stands, else a new one. Whoever waits for another's attempt waits within its
    /// own time.
    private Line line(Duration timeout) {
        Line now = current;
        if (now != null && now.open()) {
            return now;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean mine = false;
        try {
            mine = dialing.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (!mine) {
                throw unreachable("no connection in time");
            }
            now = current;
            if (now == null || !now.open()) {
                if (now != null) {
                    pass(now);
                    lines.end(now);
                }
                now = dial(TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
                current = now;
            }
            return now;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        } finally {
            if (mine) {
                dialing.unlock();
            }
        }
    }

    /// Tries every endpoint once, beginning after the one that failed last, for so long in all. When one that says
    /// nothing has taken all the time, the next call begins behind it. The one that takes a connection stays the
    /// first to be tried. Under [#dialing].
    private Line dial(long millis) {
        String why = "closed";
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        List<URI> all = endpoints.all();
        long left = Math.max(1, millis);
        for (int i = 0; i < all.size() && left > 0 && !lines.closed(); i++) {
            URI endpoint = all.get(next++ % all.size());
            try {
                Line made = lines.connect(endpoint, endpoints.tls(), Math.min(left, connectMillis));
                next--;
                return made;
            } catch (IOException | RuntimeException e) {
                why = endpoint.getAuthority() + ": " + e.getMessage();
            }
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        throw unreachable(why);
    }

    /// Ends the connection, unless it is another one by now, and begins with the next endpoint. While somebody else
    /// makes a connection it is waited for so long only: whoever calls has a time limit. Ended it is all the same.
    private void abandon(Line broken, long nanos) {
        abandoned = broken;
        boolean mine = false;
        try {
            mine = dialing.tryLock(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            if (mine) {
                pass(broken);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (mine) {
                dialing.unlock();
            }
        }
        lines.end(broken);
    }

    /// Begins behind a connection that was abandoned; one that its member has ended is tried again. Under [#dialing].
    private void pass(Line broken) {
        if (current == broken && abandoned == broken) {
            current = null;
            abandoned = null;
            next++;
        }
    }

    /// Ends the connection in use, unless a call has been answered after `since` (`System.nanoTime()`); the next
    /// call then goes to the next endpoint. For who waits on a stream that says nothing.
    public void moveOn(long since) {
        Line now = current;
        if (now != null && answered - since <= 0) {
            abandon(now, TimeUnit.MILLISECONDS.toNanos(connectMillis));
        }
    }

    private EtcdFailure unreachable(String why) {
        return new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "cannot reach etcd at " + endpoints.shown() + ": " + why);
    }

    /// Ends the connections, whatever is under way on them, and the thread; waits for that, a second each at most.
    /// Calls that come later are refused with `UNREACHABLE`.
    @Override
    public void close() {
        lines.close();
    }
}
