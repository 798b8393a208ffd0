package io.k3j.webhookclient;

import io.k3j.pki.ClientTls;
import io.k3j.pki.PemBlocks;
import io.k3j.pki.Trust;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The connections to one webhook server that wait for the next call, and whom to believe there. Any thread.
final class ConnectionPool {
    private final Shares calls;
    private final IdleConnections idle;
    private final String caBundle;
    private final WebhookUsers.User asker;
    private @Nullable SSLContext context;
    private Optional<ClientTls.Own> shown = Optional.empty();

    /// @param caBundle base64 of PEM; empty: the authorities of this machine
    /// @param asker who is shown to the server
    /// @param callsOfUser of [WebhookClient#MOST_CALLS]
    ConnectionPool(String caBundle, WebhookUsers.User asker, int callsOfUser, LongSupplier nanos) {
        this.caBundle = caBundle;
        this.asker = asker;
        this.calls = new Shares(WebhookClient.MOST_CALLS, callsOfUser);
        this.idle = new IdleConnections(nanos);
    }

    /// Whom to believe, and what to show: another one when the certificate has been replaced.
    /// @throws CallFailure for a bundle that is none
    synchronized SSLContext context() throws CallFailure {
        Optional<ClientTls.Own> own = asker.own();
        SSLContext known = context;
        if (known == null || !own.equals(shown)) {
            known = made(own);
            context = known;
            shown = own;
            idle.only(known);
        }
        return known;
    }

    private SSLContext made(Optional<ClientTls.Own> own) throws CallFailure {
        try {
            if (caBundle.isEmpty()) {
                return own.isPresent() ? ClientTls.trustingMachine(own.get()) : SSLContext.getDefault();
            }
            List<X509Certificate> authorities = PemBlocks.authorities(caBundle);
            return own.isPresent() ? ClientTls.trusting(authorities, own) : Trust.in(authorities);
        } catch (NoSuchAlgorithmException e) {
            throw new CallFailure("could not get REST client: " + e.getMessage(), CallFailure.UNUSABLE);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CallFailure("could not get REST client: unable to load root certificates: " + e.getMessage(),
                    CallFailure.UNUSABLE);
        }
    }

    /// Who asks, as `Name: value`; none for nobody.
    List<String> headers() {
        List<String> headers = new ArrayList<>(asker.impersonation());
        String authorization = asker.credential().header();
        if (!authorization.isEmpty()) {
            headers.add("Authorization: " + authorization);
        }
        return headers;
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

    /// A connection that waits; null: there is none.
    @Nullable
    WebhookConnection take() {
        return idle.take();
    }

    /// Keeps a connection for the next call, or closes it.
    void give(WebhookConnection connection) {
        idle.give(connection);
    }

    /// Closes what waits; calls under way end by themselves.
    void close() {
        idle.close();
    }
}
