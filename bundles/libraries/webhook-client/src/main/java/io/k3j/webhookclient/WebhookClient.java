package io.k3j.webhookclient;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.kubeletclient.TlsChannel;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Posts to webhooks: HTTPS, the server's certificate verified, no redirects, no proxies, connections kept for the next
/// call. A server that answers 429 or a status from 500 on with `Retry-After` is asked again when it wishes, within the
/// limit of the call, as upstream's `rest.Request` does. Any thread; each call has a virtual thread of its own, which a
/// server that hangs keeps no longer than dialling takes.
public final class WebhookClient implements AutoCloseable {
    /// Calls to one server at once. So many virtual threads wait at most when it hangs.
    public static final int MOST_CALLS = 512;
    /// How many endpoints of a Service are tried in one call.
    private static final int MOST_ENDPOINTS = 3;
    private final Map<Asked, ConnectionPool> pools = new ConcurrentHashMap<>();
    private final ServiceEndpoints endpoints;
    private final Limits limits;
    private final LongSupplier nanos;
    private volatile @Nullable NodeDialer dialer;
    private volatile boolean closed;

    /// What differs between those who call.
    /// @param thread what threads of calls are named
    /// @param prefix stands before what is told of a call that failed
    /// @param mostAnswerBytes a longer answer is a failure
    /// @param callsOfUser at once, to one server
    public record Limits(String thread, String prefix, int mostAnswerBytes, int callsOfUser) {
    }

    /// Who is asked, and as whom: connections are kept for both.
    private record Asked(ClientConfig config, WebhookUsers users) {
    }

    /// @param nanos a clock that only goes forward
    public WebhookClient(ServiceEndpoints endpoints, Limits limits, LongSupplier nanos) {
        this.endpoints = endpoints;
        this.limits = limits;
        this.nanos = nanos;
    }

    /// The way to other machines; null: there is none at the moment.
    public void dialer(@Nullable NodeDialer way) {
        dialer = way;
    }

    /// The way to other machines.
    @Nullable
    public NodeDialer dialer() {
        return dialer;
    }

    /// Keeps connections to these only.
    public void retain(Set<ClientConfig> configured) {
        pools.entrySet().removeIf(e -> {
            boolean gone = !configured.contains(e.getKey().config());
            if (gone) {
                e.getValue().close();
            }
            return gone;
        });
    }

    /// The body of the answer to a question.
    /// @param user for whom it is asked; empty: for nobody in particular
    /// @param limit for connecting, TLS and the answer together, with all that is waited where a server wishes to be
    ///        asked later; the server is told of it in whole seconds
    /// @throws CallFailure for anything but an answer with a status of success
    /// @throws io.k3j.clientapi.ApiFault 429 when too many calls to the server are not answered yet, or of this user
    public byte[] post(ClientConfig config, String user, byte[] body, Duration limit) throws CallFailure {
        return post(config, WebhookUsers.NONE, user, body, limit);
    }

    /// The same as somebody.
    /// @param users say as whom
    @SuppressWarnings("checkstyle:ParameterNumber") // who is asked, as whom and for whom
    public byte[] post(ClientConfig config, WebhookUsers users, String user, byte[] body, Duration limit)
            throws CallFailure {
        ConnectionPool pool = pool(config, users);
        Call call = new Call(pool, config, user, body, limit);
        pool.context();
        pool.begin(user);
        FutureTask<WebhookConnection.Answer> task = new FutureTask<>(call::answer);
        Thread.ofVirtual().name(limits.thread).start(task);
        return checked(waited(task, call, limit));
    }

    /// A call that began before the end keeps no connection behind it.
    private ConnectionPool pool(ClientConfig config, WebhookUsers users) throws CallFailure {
        URI address = config.address();
        ConnectionPool pool = pools.computeIfAbsent(new Asked(config, users), c -> new ConnectionPool(config.caBundle(),
                users.of(ClientConfig.host(address), ClientConfig.port(address)), limits.callsOfUser, nanos));
        if (closed) {
            pool.close();
        }
        return pool;
    }

    private WebhookConnection.Answer waited(FutureTask<WebhookConnection.Answer> task, Call call, Duration limit)
            throws CallFailure {
        String what = limits.prefix + "Post \"https://" + call.address.getRawAuthority() + call.target + "\": ";
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CallFailure(what + "context deadline exceeded");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof CallFailure failure) {
                throw failure;
            }
            throw new CallFailure(what + (cause == null ? "" : cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure(what + "context canceled");
        } finally {
            call.cancel();
        }
    }

    private byte[] checked(WebhookConnection.Answer answer) throws CallFailure {
        if (answer.successful()) {
            return answer.body();
        }
        throw new CallFailure(limits.prefix + UnexpectedAnswer.told(answer), answer.status());
    }

    @Override
    public void close() {
        closed = true;
        retain(Set.of());
    }

    /// One call, on its own thread. Whoever waits for it may cancel it: then its connection is closed, and what it
    /// still does ends there.
    private final class Call {
        private final ConnectionPool pool;
        private final ClientConfig config;
        private final String user;
        private final URI address;
        private final String target;
        private final byte[] body;
        private final CountDownLatch cancelled = new CountDownLatch(1);
        private @Nullable WebhookConnection used;
        private boolean over;

        Call(ConnectionPool pool, ClientConfig config, String user, byte[] body, Duration limit) throws CallFailure {
            this.pool = pool;
            this.config = config;
            this.user = user;
            this.address = config.address();
            this.target = ClientConfig.path(address) + "?timeout="
                    + limit.plusNanos(TimeUnit.SECONDS.toNanos(1) - 1).toSeconds() + "s";
            this.body = body;
        }

        /// The last answer; whoever waits for it ends what goes on beyond the limit.
        WebhookConnection.Answer answer() throws IOException, CallFailure, InterruptedException {
            try {
                for (int retries = 0;; retries++) {
                    WebhookConnection.Answer answer = once();
                    OptionalLong pause = answer.pause();
                    if (pause.isEmpty() || retries == KubeconfigClient.MOST_RETRIES) {
                        return answer;
                    }
                    if (cancelled.await(pause.getAsLong(), TimeUnit.NANOSECONDS)) {
                        throw new IOException("context canceled");
                    }
                }
            } finally {
                pool.ended(user);
            }
        }

        private WebhookConnection.Answer once() throws IOException, CallFailure {
            WebhookConnection kept = pool.take();
            if (kept != null) {
                try {
                    return on(kept);
                } catch (IOException stale) {
                    // its server may have closed it meanwhile: such a call is made again, once
                }
            }
            return on(opened());
        }

        private WebhookConnection.Answer on(WebhookConnection connection) throws IOException, CallFailure {
            use(connection);
            boolean done = false;
            try {
                WebhookConnection.Answer answer = connection.post(new WebhookConnection.Question(target,
                        address.getRawAuthority(), "kube-apiserver-admission", pool.headers(), body),
                        limits.mostAnswerBytes(), limits.prefix());
                done = answer.reusable() && unused();
                return answer;
            } finally {
                if (done) {
                    pool.give(connection);
                } else {
                    connection.close();
                }
            }
        }

        private synchronized void use(WebhookConnection connection) throws IOException {
            if (over) {
                connection.close();
                throw new IOException("context canceled");
            }
            used = connection;
        }

        private synchronized boolean unused() {
            used = null;
            return !over;
        }

        private synchronized void cancel() {
            over = true;
            cancelled.countDown();
            if (used != null) {
                used.close();
            }
        }

        private WebhookConnection opened() throws IOException, CallFailure {
            NodeDialer way = dialer;
            if (way == null) {
                throw new IOException("this server has no way to other machines yet");
            }
            List<ServiceEndpoints.Endpoint> all = endpoints.of(config, address);
            IOException last = new IOException("no address");
            for (ServiceEndpoints.Endpoint e : all.subList(0, Math.min(MOST_ENDPOINTS, all.size()))) {
                try {
                    return secured(way.dial(e.node(), e.address(), e.port()));
                } catch (IOException unreachable) {
                    last = new IOException("dial tcp " + e + ": " + unreachable.getMessage(), unreachable);
                }
            }
            throw last;
        }

        /// A handshake ends with the call as well: until it is done the plain channel is what is closed.
        private WebhookConnection secured(ByteDuplex plain) throws IOException, CallFailure {
            SSLContext tls = pool.context();
            use(new WebhookConnection(plain, plain, tls, nanos.getAsLong()));
            return new WebhookConnection(TlsChannel.ofHost(tls, plain, ClientConfig.host(address),
                    ClientConfig.port(address)),
                    plain, tls, nanos.getAsLong());
        }
    }
}
