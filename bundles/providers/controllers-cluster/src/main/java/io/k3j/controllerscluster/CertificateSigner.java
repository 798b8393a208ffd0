package io.k3j.controllerscluster;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Pem;
import io.k3j.pki.SigningPolicy;
import io.k3j.pki.SigningRequest;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Signs approved CertificateSigningRequests of the built-in signers, upstream's `csrsigning` controllers: those of
/// clients by the cluster's authority for clients, the others by that for servers, as K3s configures it.
final class CertificateSigner implements Reconciler {
    private static final Duration SHORTEST = Duration.ofMinutes(10);
    private final LiveView requests;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Authorities authorities;
    private final Duration longest;

    /// The authorities of a cluster, read anew for each signature, so that a rotated one is used at once. Empty: this
    /// cluster has none for such a signer, and nobody signs.
    interface Authorities {
        /// That of a signer.
        Optional<CertificateAuthority> of(String signer);
    }

    /// How certificates are signed.
    /// @param longest how long they are valid at most: `--cluster-signing-duration`
    record Signing(Authorities authorities, Duration longest, RandomGenerator random) {
    }

    private CertificateSigner(ControllerContext context, Signing signing) {
        this.requests = context.views().of(BuiltinResources.CERTIFICATE_SIGNING_REQUESTS);
        this.clock = context.clock();
        this.authorities = signing.authorities;
        this.longest = signing.longest;
        this.random = signing.random;
    }

    static void add(ControllerContext context, Signing signing) {
        CertificateSigner all = new CertificateSigner(context, signing);
        context.loop("certificatesigningrequest-signing-controller", "certificate-controller", 1, all)
                .on(all.requests);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = requests.get(key).filter(CertificateSigner::waits);
        Optional<CertificateAuthority> authority = found.flatMap(r -> authorities.of(r.spec().text("signerName")));
        if (authority.isPresent()) {
            writer.updateStatus(BuiltinResources.CERTIFICATE_SIGNING_REQUESTS, settled(found.get(), authority.get()));
        }
        return Requeue.NEVER;
    }

    private static boolean waits(Obj request) {
        return KubernetesSigners.is(request, "Approved") && !KubernetesSigners.is(request, "Failed")
                && !KubernetesSigners.is(request, "Denied") && !KubernetesSigners.issued(request);
    }

    /// The request with its certificate, or with what is wrong with it.
    private Obj settled(Obj request, CertificateAuthority authority) {
        try {
            SigningRequest asked = KubernetesSigners.parsed(request);
            Optional<String> wrong = KubernetesSigners.wrong(request, asked);
            return wrong.isPresent() ? failed(request, wrong.get()) : signed(request, asked, authority);
        } catch (IllegalArgumentException refused) {
            return failed(request, String.valueOf(refused.getMessage()));
        }
    }

    private Obj signed(Obj request, SigningRequest asked, CertificateAuthority authority) {
        SigningPolicy policy = new SigningPolicy(request.spec().seq("usages").texts(), validity(request));
        X509Certificate certificate = policy.sign(authority, asked, clock.instant(), random);
        byte[] pem = Pem.encode(List.of(certificate)).getBytes(StandardCharsets.US_ASCII);
        return request.with(Base64.getEncoder().encodeToString(pem), "status", "certificate");
    }

    private Duration validity(Obj request) {
        if (!request.spec().has("expirationSeconds")) {
            return longest;
        }
        Duration wanted = Duration.ofSeconds(request.spec().whole("expirationSeconds", 0));
        Duration atLeast = wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
        return wanted.compareTo(longest) > 0 ? longest : atLeast;
    }

    private Obj failed(Obj request, String why) {
        String now = Times.seconds(clock.instant());
        return KubernetesSigners.with(request, Struct.of("type", "Failed", "status", "True", "reason",
                "SignerValidationFailure", "message", why, "lastUpdateTime", now, "lastTransitionTime", now));
    }
}
