package io.k3j.webhookclient;

import io.k3j.pki.ClientTls;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The connections to one webhook server that wait for the next call, and whom to believe there. Any thread.
final class ConnectionPool {
    /// Connections that wait.
    static final int MOST_IDLE = 16;
    /// How long a connection waits; servers of Go close theirs after more.
    static final Duration IDLE = Duration.ofSeconds(60);
    private final Shares calls;
    private final Deque<WebhookConnection> idle = new ArrayDeque<>();
    private final String caBundle;
    private final WebhookUsers.User asker;
    private final LongSupplier nanos;
    private @Nullable SSLContext context;
    private boolean closed;

    /// @param caBundle base64 of PEM; empty: the authorities of this machine
    /// @param asker who is shown to the server
    /// @param callsOfUser of [WebhookClient#MOST_CALLS]
    ConnectionPool(String caBundle, WebhookUsers.User asker, int callsOfUser, LongSupplier nanos) {
        this.caBundle = caBundle;
        this.asker = asker;
        this.calls = new Shares(WebhookClient.MOST_CALLS, callsOfUser);
        this.nanos = nanos;
    }

    /// Whom to believe.
    /// @throws CallFailure for a bundle that is none
    synchronized SSLContext context() throws CallFailure {
        SSLContext known = context;
        if (known == null) {
            known = made();
            context = known;
        }
        return known;
    }

    private SSLContext made() throws CallFailure {
        try {
            Optional<ClientTls.Own> own = asker.own();
            if (caBundle.isEmpty()) {
                return own.isPresent() ? ClientTls.trustingMachine(own.get()) : SSLContext.getDefault();
            }
            List<X509Certificate> authorities = Pem.certificates(
                    new String(Base64.getMimeDecoder().decode(caBundle), StandardCharsets.UTF_8));
            return own.isPresent() ? ClientTls.trusting(authorities, own) : Trust.in(authorities);
        } catch (NoSuchAlgorithmException e) {
            throw new CallFailure("could not get REST client: " + e.getMessage());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CallFailure("could not get REST client: unable to load root certificates: " + e.getMessage());
        }
    }

    /// The value of `Authorization`, empty for none.
    String authorization() {
        return asker.credential().header();
    }

    /// Begins a call, which [#ended] ends.
    /// @param user for whom
    /// @throws io.k3j.clientapi.ApiFault 429 beyond [WebhookClient#MOST_CALLS] or his share, which is no failure of the
    ///         webhook
    void begin(String user) {
        calls.enter(user);
    }

    /// A call is over.
    void ended(String user) {
        calls.leave(user);
    }

    /// A connection that waits, the one used last; null: there is none.
    synchronized @Nullable WebhookConnection take() {
        for (WebhookConnection c = idle.pollLast(); c != null; c = idle.pollLast()) {
            if (nanos.getAsLong() - c.since() < IDLE.toNanos()) {
                return c;
            }
            c.close();
        }
        return null;
    }

    /// Keeps a connection for the next call, or closes it.
    void give(WebhookConnection connection) {
        WebhookConnection surplus = keep(new WebhookConnection(connection.channel(), nanos.getAsLong()));
        if (surplus != null) {
            surplus.close();
        }
    }

    private synchronized @Nullable WebhookConnection keep(WebhookConnection connection) {
        if (closed) {
            return connection;
        }
        idle.addLast(connection);
        return idle.size() > MOST_IDLE ? idle.pollFirst() : null;
    }

    /// Closes what waits; calls under way end by themselves.
    synchronized void close() {
        closed = true;
        idle.forEach(WebhookConnection::close);
        idle.clear();
    }
}
