package io.k3j.authoidc;

import io.k3j.authoidc.JwtConfiguration.Issuer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Asks the server that has a claim, and takes the claim from what that answers: a token, signed by the issuer that it
/// names, for one of the audiences of the configuration. That may be another issuer, as upstream: the token that named
/// the server is verified, and the server by its certificate. Any thread; blocks.
final class ClaimResolver implements AutoCloseable {
    /// The longest answer: some two thousand groups.
    static final int MOST_BYTES = 128 * 1024;
    /// Other issuers whose keys are known.
    static final int MOST_ISSUERS = 16;
    private final Issuer issuer;
    private final String claim;
    private final IssuerClient client;
    private final JwtAuthenticator.Parts parts;
    private final Map<String, IdTokenVerifier> others = new LinkedHashMap<>();
    private @Nullable SSLContext context;

    /// Asks nobody yet.
    ClaimResolver(Issuer issuer, String claim, JwtAuthenticator.Parts parts) {
        this.issuer = issuer;
        this.claim = claim;
        this.client = IssuerClient.of(issuer, parts.environment());
        this.parts = parts;
    }

    /// The claim's value.
    /// @param own verifies tokens of the issuer itself
    /// @throws IOException when there is none, in upstream's words; says nothing secret
    Object value(ClaimSource source, IdTokenVerifier own) throws IOException, InterruptedException {
        SignedToken answer = answer(source);
        String by = answer.issuer();
        IdTokenVerifier verifier = by.equals(issuer.url()) ? own : verifier(by);
        String problem = verifier.problem(answer, parts.clock().instant());
        if (!problem.isEmpty()) {
            throw new IOException("verify distributed claim token: " + problem);
        }
        Object value = answer.claims().tree().get(claim);
        if (value == null) {
            throw new IOException("jwt returned by distributed claim endpoint " + Quoted.text(source.endpoint())
                    + " did not contain claim: " + claim);
        }
        return value;
    }

    private SignedToken answer(ClaimSource source) throws IOException, InterruptedException {
        String said;
        try {
            said = client.claim(source, context(), MOST_BYTES);
        } catch (IOException e) {
            throw new IOException("while getting distributed claim " + Quoted.text(claim) + ": " + e.getMessage(), e);
        }
        SignedToken answer = SignedToken.parse(said.strip(), MOST_BYTES).orElse(null);
        if (answer == null) {
            throw new IOException("getting untrusted issuer from endpoint " + Quoted.text(source.endpoint())
                    + " failed for claim " + Quoted.text(claim) + ": malformed token");
        }
        return answer;
    }

    /// Reading the authorities of this machine takes longer than a question.
    private synchronized SSLContext context() throws IOException {
        SSLContext known = context;
        if (known == null) {
            known = client.context();
            context = known;
        }
        return known;
    }

    private IdTokenVerifier verifier(String by) throws IOException, InterruptedException {
        IdTokenVerifier known = known(by);
        if (known != null) {
            return known;
        }
        try {
            return kept(by, initialized(by));
        } catch (IOException e) {
            throw new IOException("verifying untrusted issuer " + Quoted.text(by) + " failed: " + e.getMessage(), e);
        }
    }

    /// What it fetches is not counted, as upstream.
    private IdTokenVerifier initialized(String by) throws IOException, InterruptedException {
        Issuer other = new Issuer(by, "", issuer.certificateAuthority(), issuer.audiences(),
                issuer.audienceMatchPolicy(), issuer.egressSelectorType());
        RemoteKeySet keys = new RemoteKeySet(client, ProviderMetadata.of(other, client).jwksUri(),
                parts.metrics().new Keys(), parts.nanos(), parts.keyWait());
        keys.load();
        return new IdTokenVerifier(other, parts.algorithms(), keys);
    }

    private synchronized @Nullable IdTokenVerifier known(String by) {
        return others.get(by);
    }

    /// Of two that were made at once the first one counts; of too many the oldest one goes.
    private synchronized IdTokenVerifier kept(String by, IdTokenVerifier made) {
        IdTokenVerifier first = others.putIfAbsent(by, made);
        if (first != null) {
            return first;
        }
        if (others.size() > MOST_ISSUERS) {
            Map.Entry<String, IdTokenVerifier> oldest = others.entrySet().iterator().next();
            others.remove(oldest.getKey());
            oldest.getValue().keys().close();
        }
        return made;
    }

    /// Fetches keys no more.
    @Override
    public synchronized void close() {
        others.values().forEach(verifier -> verifier.keys().close());
    }
}
