package io.k3j.apiserverapi;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/// Says who a request comes from.
///
/// **Who.** A bundle registers it as a service; the API server asks it about each request, and about the token of each
/// TokenReview. It adds the group `system:authenticated`.
///
/// **How many.** Any number, asked by service ranking, highest first; the first answer counts. While one that was
/// there is away, because its bundle is being replaced, requests wait two seconds and are answered 503 then; nobody
/// waits for one whose bundle was uninstalled.
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.AuthenticatorContract` holds it to them:
/// 1. Without credentials the answer is empty.
/// 2. So it is for credentials of a sort it does not know: others may.
/// 3. The caller has a name, and is the same when asked again.
/// 4. What is of a sort it knows and is wrong is a [BadCredential], whose message does not repeat it.
/// 5. [#review] says the same of a token as [#authenticate].
/// 6. Several threads may ask at once.
///
/// **Threads.** The one of the request, before it has a seat; may block, for a time that it bounds. One of a plug-in
/// directory is asked on another thread, for each call, and must have answered within 10 s.
///
/// **Failure.** A [BadCredential] is answered 401, and nobody else is asked; an `io.k3j.clientapi.ApiFault` is the
/// answer.
@ConsumerType
public interface Authenticator {
    /// Who this is; empty when these credentials are none of this authenticator's.
    /// @throws BadCredential when they are of a sort it knows, and wrong
    Optional<Caller> authenticate(Credentials credentials) throws BadCredential;

    /// Who a token of a TokenReview stands for, and for whom it is meant.
    /// @return as [#authenticate] says it, and nothing of audiences, unless an authenticator knows them
    /// @throws BadCredential as there
    default Optional<Reviewed> review(Credentials credentials) throws BadCredential {
        return authenticate(credentials).map(caller -> new Reviewed(caller, List.of()));
    }

    /// The answer to a review.
    /// @param audiences those of the wanted ones for which the token is meant; empty: the authenticator does not know
    record Reviewed(Caller caller, List<String> audiences) {
    }

    /// What a request brings along.
    /// @param certificates the verified client chain, leaf first, possibly empty
    /// @param bearer the bearer token, empty when there is none
    /// @param audiences for which a token must be meant; empty: the API server itself
    /// @param proxied what a front proxy shows and says
    /// @param origin with whom what is bounded is shared, so that nobody keeps the others out: the address of a client
    ///        that shows a token, the user who has one reviewed; empty: nobody known
    record Credentials(List<X509Certificate> certificates, String bearer, List<String> audiences, Proxied proxied,
            String origin) {
        /// Those of a client that is no front proxy.
        public Credentials(List<X509Certificate> certificates, String bearer, List<String> audiences) {
            this(certificates, bearer, audiences, Proxied.NONE);
        }

        /// Those of nobody known.
        public Credentials(List<X509Certificate> certificates, String bearer, List<String> audiences,
                Proxied proxied) {
            this(certificates, bearer, audiences, proxied, "");
        }
    }

    /// What may come from a front proxy. Headers count for nothing without its certificate.
    /// @param certificates a chain that authorities for front proxies verify, leaf first; they may vouch for others as
    ///        well, so its name tells; empty: the client is none
    /// @param headers of the request, names in lower case; none without certificates
    record Proxied(List<X509Certificate> certificates, Map<String, List<String>> headers) {
        /// Nothing does.
        public static final Proxied NONE = new Proxied(List.of(), Map.of());
    }

    /// The credentials are of a known sort and wrong; the answer is 401.
    final class BadCredential extends Exception {
        private static final long serialVersionUID = 1L;

        /// `why` is for the log, without the credential.
        public BadCredential(String why) {
            super(why);
        }
    }
}
